import { createHash } from 'node:crypto';
import type { QueueDocument } from '../../../application/queries/queue-document.ts';
import { queueToJson } from './schemas/queue.schema.ts';

export interface QueueResponse {
  readonly body: string;
  /** Strong: equal tags, equal bytes. */
  readonly etag: string;
}

/** Texts of documents that are still held by whoever caches them: a document that is read a thousand times is written once. */
const rendered = new WeakMap<QueueDocument, QueueResponse>();

export function toQueueResponse(document: QueueDocument): QueueResponse {
  const before = rendered.get(document);
  if (before) return before;
  const body = JSON.stringify(queueToJson(document));
  const text = { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
  rendered.set(document, text);
  return text;
}

/** Whether `If-None-Match` names the tag, by the weak comparison that RFC 9110 (13.1.2) asks for. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}
