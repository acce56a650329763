import type { ViewHead } from '../../../application/ports/queue-view.port.ts';
import type { QueueAttributes } from '../../../domain/queue-snapshot.ts';

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

/** The head's fields `counts`, which scripts compare with the collections, and `attributes`. */
export function attributeArguments(attributes: QueueAttributes): [string, string] {
  const { kept, waiting, disqualified } = attributes.counts;
  return [`${kept}:${waiting}:${disqualified}`, JSON.stringify(attributes)];
}

export function attributesOf(field: string): QueueAttributes {
  return JSON.parse(field) as QueueAttributes; // written only by this adapter
}

/** Splits the reply of a script into its result code and further values. */
export function parseReply(reply: unknown): { readonly is: string; readonly rest: readonly unknown[] } {
  const [is, ...rest] = Array.isArray(reply) ? (reply as unknown[]) : [reply];
  if (typeof is !== 'string') throw new Error('A script returned a malformed reply.');
  return { is, rest };
}
