import { QueueError } from '../../../application/errors.ts';
import type { LogPointInTime } from '../../../application/operations/fold-concert.ts';
import { momentOf } from '../../../application/operations/show-queue.ts';

/** @throws QueueError `INVALID_REQUEST` for text that is neither an offset nor a time */
export function parsePosition(text: string | undefined, option = '--at'): LogPointInTime | undefined {
  if (text === undefined) return undefined;
  const position = momentOf(text);
  if (position) return position;
  throw new QueueError('INVALID_REQUEST', `${option} must be an offset, or a time such as 2026-12-01T11:00:00Z`);
}

/** @throws QueueError `INVALID_REQUEST` */
export function parseNumber(option: string, text: string, min = 0): number {
  if (/^\d{1,15}$/.test(text) && Number(text) >= min) return Number(text);
  throw new QueueError('INVALID_REQUEST', `${option} must be a whole number of at least ${min}`);
}

/** @throws QueueError `INVALID_REQUEST` for text that is not `partition/offset` */
export function parseRecord(text: string): { readonly partition: number; readonly offset: number } {
  const [, partition, offset] = /^(\d{1,5})\/(\d{1,15})$/.exec(text) ?? [];
  if (partition !== undefined && offset !== undefined) return { partition: Number(partition), offset: Number(offset) };
  throw new QueueError('INVALID_REQUEST', 'Records must be given as partition/offset, for example 3/1042.');
}
