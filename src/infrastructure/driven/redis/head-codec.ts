import type { ViewHead } from '../../../application/ports/queue-view.port.ts';
import type { Notice } from '../../../domain/notice.ts';
import type { QueueAttributes } from '../../../domain/queue-snapshot.ts';
import type { Offset } from '../../../domain/types.ts';

/** Encodes and decodes the head hash and the replies of scripts. */

export const HEAD_FIELDS = ['generation', 'fold', 'offset'] as const;

/** @param fields HEAD_FIELDS. @returns undefined if a field is missing */
export function headOf(fields: readonly unknown[]): ViewHead | undefined {
  const [generation, fold, offset] = fields;
  if (typeof generation !== 'string' || typeof fold !== 'string' || typeof offset !== 'string') return undefined;
  return { generation, foldVersion: Number(fold), offset: Number(offset) };
}

/** Generation, fold version and offset as script arguments; three empty strings if no head is expected. */
export function headArguments(head: ViewHead | undefined): [string, string, string] {
  return head ? [head.generation, String(head.foldVersion), String(head.offset)] : ['', '', ''];
}

/** The head's fields that describe the queue. The notice is apart from the attributes: reads of entries do not need it. */
export const QUEUE_FIELDS = ['attributes', 'notice'] as const;

/**
 * The head's fields `counts`, which scripts compare with the collections, `attributes` and `notice`.
 *
 * @param from offset of the stored head: the notice is empty if it has not changed since; undefined: there is no such head
 */
export function attributeArguments(
  { notice, ...attributes }: QueueAttributes,
  from: Offset = -1,
): [string, string, string] {
  const { kept, waiting, disqualified } = attributes.counts;
  const isNew = notice !== undefined && notice.offset > from;
  return [`${kept}:${waiting}:${disqualified}`, JSON.stringify(attributes), isNew ? JSON.stringify(notice) : ''];
}

/** @param fields QUEUE_FIELDS, or the attributes alone. @returns undefined if the attributes are missing */
export function attributesOf([text, notice]: readonly unknown[]): QueueAttributes | undefined {
  if (typeof text !== 'string') return undefined;
  const attributes = JSON.parse(text) as QueueAttributes; // written only by this adapter
  if (typeof notice !== 'string' || notice === '') return attributes;
  return { ...attributes, notice: JSON.parse(notice) as Notice };
}

/** Splits the reply of a script into its result code and further values. */
export function parseReply(reply: unknown): { readonly is: string; readonly rest: readonly unknown[] } {
  const [is, ...rest] = Array.isArray(reply) ? (reply as unknown[]) : [reply];
  if (typeof is !== 'string') throw new Error('A script returned a malformed reply.');
  return { is, rest };
}
