import { CommandHandler, QueryHandler } from '@nestjs/cqrs';
import { ClaimAdmission } from '../../../application/commands/claim-admission.command.ts';
import { CloseQueue } from '../../../application/commands/close-queue.command.ts';
import { CompleteAdmission } from '../../../application/commands/complete-admission.command.ts';
import { ConfigureQueue } from '../../../application/commands/configure-queue.command.ts';
import { DisqualifyUser } from '../../../application/commands/disqualify-user.command.ts';
import { LeaveQueue } from '../../../application/commands/leave-queue.command.ts';
import { PauseQueue } from '../../../application/commands/pause-queue.command.ts';
import { ReinstateUser } from '../../../application/commands/reinstate-user.command.ts';
import { RequestEntry } from '../../../application/commands/request-entry.command.ts';
import { ResumeQueue } from '../../../application/commands/resume-queue.command.ts';
import { GetMyEntry } from '../../../application/queries/get-my-entry.query.ts';
import { GetProjections } from '../../../application/queries/get-projections.query.ts';
import { GetQueue } from '../../../application/queries/get-queue.query.ts';
import { ListQueues } from '../../../application/queries/list-queues.query.ts';
import { VerifyAdmission } from '../../../application/queries/verify-admission.query.ts';
import { document, entry, partition, receipt } from './http-samples.fixtures.ts';

/** What use cases that do as they are told remember, and are told. */
export interface UseCaseRecorder {
  readonly asked: object[];
  /** What a use case does when it is not the usual. */
  readonly answers: ReadonlyMap<object, () => unknown>;
}

const USUAL = new Map<object, unknown>([
  [ConfigureQueue, { queue: document }],
  [PauseQueue, { queue: document }],
  [ResumeQueue, { queue: document }],
  [CloseQueue, { queue: document }],
  [RequestEntry, { entryToken: 'a.b.c', receipt, state: 'PENDING', pollAfterMs: 1_000 }],
  [LeaveQueue, receipt],
  [DisqualifyUser, receipt],
  [ReinstateUser, receipt],
  [GetQueue, document],
  [ListQueues, { queues: [document], nextCursor: 'next' }],
  [GetProjections, [partition]],
  [GetMyEntry, entry],
  [ClaimAdmission, { admissionToken: 'd.e.f', activeUntil: 1_764_586_812_345 }],
  [CompleteAdmission, receipt],
]);

/** One handler for each use case, of commands and of queries. */
export function fakeUseCases(there: () => UseCaseRecorder) {
  const fake = (of: abstract new (...args: never[]) => object) =>
    class {
      execute(message: object): Promise<unknown> {
        there().asked.push({ ...message });
        const unusual = there().answers.get(of);
        return unusual ? Promise.resolve().then(unusual) : Promise.resolve(USUAL.get(of));
      }
    };
  const commands = [
    ConfigureQueue,
    PauseQueue,
    ResumeQueue,
    CloseQueue,
    RequestEntry,
    LeaveQueue,
    DisqualifyUser,
    ReinstateUser,
    ClaimAdmission,
    CompleteAdmission,
  ].map((command) => {
    const handler = fake(command);
    CommandHandler(command)(handler);
    return handler;
  });
  const queries = [GetQueue, ListQueues, GetProjections, GetMyEntry, VerifyAdmission].map((query) => {
    const handler = fake(query);
    QueryHandler(query)(handler);
    return handler;
  });
  return [...commands, ...queries];
}
