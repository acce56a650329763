import { createHash } from 'node:crypto';
import type { QueueDocument } from '../../../application/queries/queue-document.ts';
import { queueToJson } from './schemas/queue.schema.ts';

interface SerializedQueue {
  readonly body: string;
  /** A strong entity tag. */
  readonly etag: string;
}

/** The queue cache returns the same object to many readers: serialize it once. */
const responses = new WeakMap<QueueDocument, SerializedQueue>();

export function serializeQueue(document: QueueDocument): SerializedQueue {
  const cached = responses.get(document);
  if (cached) return cached;
  const body = JSON.stringify(queueToJson(document));
  const response = { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
  responses.set(document, response);
  return response;
}

/** Whether `If-None-Match` names the tag, by the weak comparison of RFC 9110, section 13.1.2. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
