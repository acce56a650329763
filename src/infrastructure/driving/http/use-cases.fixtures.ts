import { CommandHandler, QueryHandler } from '@nestjs/cqrs';
import { ClaimAdmission } from '../../../application/commands/claim-admission.command.ts';
import { CloseQueue } from '../../../application/commands/close-queue.command.ts';
import { CompleteAdmission } from '../../../application/commands/complete-admission.command.ts';
import { ConfigureQueue } from '../../../application/commands/configure-queue.command.ts';
import { DisqualifyUser } from '../../../application/commands/disqualify-user.command.ts';
import { LeaveQueue } from '../../../application/commands/leave-queue.command.ts';
import { PauseQueue } from '../../../application/commands/pause-queue.command.ts';
import { PostNotice } from '../../../application/commands/post-notice.command.ts';
import { ReinstateUser } from '../../../application/commands/reinstate-user.command.ts';
import { RequestEntry } from '../../../application/commands/request-entry.command.ts';
import { ResumeQueue } from '../../../application/commands/resume-queue.command.ts';
import { GetMyEntry } from '../../../application/queries/get-my-entry.query.ts';
import { GetProjections } from '../../../application/queries/get-projections.query.ts';
import { GetQueue } from '../../../application/queries/get-queue.query.ts';
import { ListQueues } from '../../../application/queries/list-queues.query.ts';
import { VerifyAdmission } from '../../../application/queries/verify-admission.query.ts';
import { document, entry, partition, receipt } from './http-samples.fixtures.ts';

/** Records the messages of fake use cases and sets their results. */
export interface UseCaseRecorder {
  readonly messages: object[];
  /** Results by message class, in place of the default results. */
  readonly results: ReadonlyMap<object, () => unknown>;
}

const DEFAULT_RESULTS = new Map<object, unknown>([
  [ConfigureQueue, { queue: document }],
  [PauseQueue, { queue: document }],
  [ResumeQueue, { queue: document }],
  [CloseQueue, { queue: document }],
  [PostNotice, { queue: document }],
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

/** A fake handler for each command and query. */
export function fakeUseCases(recorder: () => UseCaseRecorder) {
  const fake = (of: abstract new (...args: never[]) => object) =>
    class {
      execute(message: object): Promise<unknown> {
        recorder().messages.push({ ...message });
        const result = recorder().results.get(of);
        return result ? Promise.resolve().then(result) : Promise.resolve(DEFAULT_RESULTS.get(of));
      }
    };
  const commands = [
    ConfigureQueue,
    PauseQueue,
    ResumeQueue,
    CloseQueue,
    PostNotice,
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
