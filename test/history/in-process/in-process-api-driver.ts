import type { QueueChangeResult } from '../../../src/application/commands/append-and-await.ts';
import { ClaimAdmission } from '../../../src/application/commands/claim-admission.command.ts';
import { CloseQueue } from '../../../src/application/commands/close-queue.command.ts';
import { CompleteAdmission } from '../../../src/application/commands/complete-admission.command.ts';
import { ConfigureQueue } from '../../../src/application/commands/configure-queue.command.ts';
import { DisqualifyUser } from '../../../src/application/commands/disqualify-user.command.ts';
import { LeaveQueue } from '../../../src/application/commands/leave-queue.command.ts';
import { PauseQueue } from '../../../src/application/commands/pause-queue.command.ts';
import { ReinstateUser } from '../../../src/application/commands/reinstate-user.command.ts';
import { RequestEntry } from '../../../src/application/commands/request-entry.command.ts';
import { ResumeQueue } from '../../../src/application/commands/resume-queue.command.ts';
import { QueueError } from '../../../src/application/errors.ts';
import { GetMyEntry } from '../../../src/application/queries/get-my-entry.query.ts';
import { GetQueue } from '../../../src/application/queries/get-queue.query.ts';
import { VerifyAdmission } from '../../../src/application/queries/verify-admission.query.ts';
import type { Policy } from '../../../src/domain/events.generated.ts';
import { type Answered, type Door, refusal } from '../api-driver.ts';
import type { InProcessSystem } from './in-process-system.ts';

/** The command and query handlers themselves, without a door before them. */
export class InProcessDoor implements Door {
  constructor(private readonly system: InProcessSystem) {}

  enter(concertId: string, userId: string): Promise<Answered> {
    return answered(async () => {
      const command = new RequestEntry(concertId, { userId });
      const { receipt, entryToken } = await this.system.handlers.enter.execute(command);
      return { told: { is: 'receipt', offset: receipt.offset }, token: entryToken };
    });
  }

  look(_concertId: string, entryToken: string): Promise<Answered> {
    return answered(async () => {
      const { receipt, ...entry } = await this.system.handlers.look.execute(new GetMyEntry(this.#entry(entryToken)));
      return { told: { is: 'entry', entry: { ...entry, offset: receipt.offset } } };
    });
  }

  leave(_concertId: string, entryToken: string): Promise<Answered> {
    return answered(async () => {
      const { offset } = await this.system.handlers.leave.execute(new LeaveQueue(this.#entry(entryToken)));
      return { told: { is: 'receipt', offset } };
    });
  }

  claim(_concertId: string, entryToken: string): Promise<Answered> {
    return answered(async () => {
      const command = new ClaimAdmission(this.#entry(entryToken));
      const { admissionToken, activeUntil } = await this.system.handlers.claim.execute(command);
      return { told: { is: 'admission', activeUntil }, token: admissionToken };
    });
  }

  complete(admissionToken: string): Promise<Answered> {
    return answered(async () => {
      const admission = await this.system.admissionTokens.verify(admissionToken, { allowExpired: true });
      const { offset } = await this.system.handlers.complete.execute(new CompleteAdmission(admission));
      return { told: { is: 'receipt', offset } };
    });
  }

  verify(admissionToken: string): Promise<Answered> {
    return answered(async () => {
      const admission = await this.system.admissionTokens.verify(admissionToken, { allowExpired: false });
      await this.system.handlers.verify.execute(new VerifyAdmission(admission));
      return { told: { is: 'yes' } };
    });
  }

  configure(concertId: string, policy: Policy): Promise<Answered> {
    return answered(async () =>
      steered(await this.system.handlers.configure.execute(new ConfigureQueue(concertId, policy))),
    );
  }

  steer(concertId: string, how: 'pause' | 'resume' | 'close'): Promise<Answered> {
    const { pause, resume, close } = this.system.handlers;
    const change = {
      pause: () => pause.execute(new PauseQueue(concertId)),
      resume: () => resume.execute(new ResumeQueue(concertId)),
      close: () => close.execute(new CloseQueue(concertId)),
    };
    return answered(async () => steered(await change[how]()));
  }

  judge(concertId: string, userId: string, verdict: 'disqualify' | 'reinstate'): Promise<Answered> {
    return answered(async () => {
      const { disqualify, reinstate } = this.system.handlers;
      const { offset } = await (verdict === 'disqualify'
        ? disqualify.execute(new DisqualifyUser(concertId, userId))
        : reinstate.execute(new ReinstateUser(concertId, userId)));
      return { told: { is: 'receipt', offset } };
    });
  }

  read(concertId: string): Promise<Answered> {
    return answered(async () => ({
      told: { is: 'queue', queue: await this.system.handlers.read.execute(new GetQueue(concertId)) },
    }));
  }

  #entry(token: string) {
    return this.system.entryTokens.verify(token);
  }
}

function steered(result: QueueChangeResult): Answered {
  if ('queue' in result) return { told: { is: 'queue', queue: result.queue } };
  return { told: { is: 'receipt', offset: result.receipt.offset } };
}

async function answered(ask: () => Promise<Answered>): Promise<Answered> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    return { told: refusal(error.code) };
  }
}
