import type { Policy } from './events.generated.ts';
import { acceptsRequests } from './opening.ts';
import type { QueueAttributes } from './queue-snapshot.ts';
import type { LogTime, Rejection } from './types.ts';

/** What decides whether a queue accepts a new entry. */
export interface EntryConditions {
  readonly policy: Pick<Policy, 'maximumWaiting'>;
  readonly closed: boolean;
  /** The queue is open, or registers users for its draw. */
  readonly acceptsRequests: boolean;
  /** Number of entries REGISTERED or WAITING. */
  readonly queued: number;
}

/** A reason that applies to every user. */
export type QueueRejection = Exclude<Rejection, 'DISQUALIFIED'>;

/** Why a queue rejects a new entry; undefined if it accepts the entry. The first reason that applies is given. */
export function queueRejection(queue: EntryConditions): QueueRejection | undefined {
  if (queue.closed) return 'QUEUE_CLOSED';
  if (!queue.acceptsRequests) return 'QUEUE_NOT_OPEN';
  return queue.queued >= (queue.policy.maximumWaiting ?? Number.POSITIVE_INFINITY) ? 'QUEUE_FULL' : undefined;
}

/** @param now a queue whose opening time is at or before `now` counts as open */
export function entryConditionsOf(attributes: QueueAttributes, now: LogTime): EntryConditions {
  const { policy, closed, openedAt, draw, counts } = attributes;
  const isDue = policy.opensAt !== null && policy.opensAt <= now;
  return {
    policy,
    closed,
    acceptsRequests: isDue || acceptsRequests(policy, openedAt, draw),
    queued: counts.waiting + counts.registered,
  };
}
