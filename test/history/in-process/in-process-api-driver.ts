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
import { type ApiDriver, type ApiResult, refusal } from '../api-driver.ts';
import type { InProcessSystem } from './in-process-system.ts';

/** Calls the command and query handlers directly. */
export class InProcessApiDriver implements ApiDriver {
  constructor(private readonly system: InProcessSystem) {}

  enter(concertId: string, userId: string): Promise<ApiResult> {
    return resultOf(async () => {
      const command = new RequestEntry(concertId, { userId });
      const { receipt, entryToken } = await this.system.handlers.enter.execute(command);
      return { response: { is: 'receipt', offset: receipt.offset }, token: entryToken };
    });
  }

  getEntry(_concertId: string, entryToken: string): Promise<ApiResult> {
    return resultOf(async () => {
      const { receipt, ...entry } = await this.system.handlers.getEntry.execute(
        new GetMyEntry(this.#entry(entryToken)),
      );
      return { response: { is: 'entry', entry: { ...entry, offset: receipt.offset } } };
    });
  }

  leave(_concertId: string, entryToken: string): Promise<ApiResult> {
    return resultOf(async () => {
      const { offset } = await this.system.handlers.leave.execute(new LeaveQueue(this.#entry(entryToken)));
      return { response: { is: 'receipt', offset } };
    });
  }

  claim(_concertId: string, entryToken: string): Promise<ApiResult> {
    return resultOf(async () => {
      const command = new ClaimAdmission(this.#entry(entryToken));
      const { admissionToken, activeUntil } = await this.system.handlers.claim.execute(command);
      return { response: { is: 'admission', activeUntil }, token: admissionToken };
    });
  }

  complete(admissionToken: string): Promise<ApiResult> {
    return resultOf(async () => {
      const admission = await this.system.admissionTokens.verify(admissionToken, { allowExpired: true });
      const { offset } = await this.system.handlers.complete.execute(new CompleteAdmission(admission));
      return { response: { is: 'receipt', offset } };
    });
  }

  verify(admissionToken: string): Promise<ApiResult> {
    return resultOf(async () => {
      const admission = await this.system.admissionTokens.verify(admissionToken, { allowExpired: false });
      await this.system.handlers.verify.execute(new VerifyAdmission(admission));
      return { response: { is: 'yes' } };
    });
  }

  configure(concertId: string, policy: Policy): Promise<ApiResult> {
    return resultOf(async () =>
      queueChangeResult(await this.system.handlers.configure.execute(new ConfigureQueue(concertId, policy))),
    );
  }

  changeState(concertId: string, how: 'pause' | 'resume' | 'close'): Promise<ApiResult> {
    const { pause, resume, close } = this.system.handlers;
    const change = {
      pause: () => pause.execute(new PauseQueue(concertId)),
      resume: () => resume.execute(new ResumeQueue(concertId)),
      close: () => close.execute(new CloseQueue(concertId)),
    };
    return resultOf(async () => queueChangeResult(await change[how]()));
  }

  changeUser(concertId: string, userId: string, change: 'disqualify' | 'reinstate'): Promise<ApiResult> {
    return resultOf(async () => {
      const { disqualify, reinstate } = this.system.handlers;
      const { offset } = await (change === 'disqualify'
        ? disqualify.execute(new DisqualifyUser(concertId, userId))
        : reinstate.execute(new ReinstateUser(concertId, userId)));
      return { response: { is: 'receipt', offset } };
    });
  }

  getQueue(concertId: string): Promise<ApiResult> {
    return resultOf(async () => ({
      response: { is: 'queue', queue: await this.system.handlers.read.execute(new GetQueue(concertId)) },
    }));
  }

  #entry(token: string) {
    return this.system.entryTokens.verify(token);
  }
}

function queueChangeResult(result: QueueChangeResult): ApiResult {
  if ('queue' in result) return { response: { is: 'queue', queue: result.queue } };
  return { response: { is: 'receipt', offset: result.receipt.offset } };
}

async function resultOf(ask: () => Promise<ApiResult>): Promise<ApiResult> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    return { response: refusal(error.code) };
  }
}
