import type { ViewHead } from '../../../application/ports/queue-view.port.ts';
import type { QueueAttributes } from '../../../domain/queue-snapshot.ts';

/** The head hash, and how scripts tell of it: the edge where strings become words. */

export const HEAD_FIELDS = ['generation', 'fold', 'offset'] as const;

/** The head that these fields of it say; undefined if any is missing, as all are when there is none. */
export function headOf(fields: readonly unknown[]): ViewHead | undefined {
  const [generation, fold, offset] = fields;
  if (typeof generation !== 'string' || typeof fold !== 'string' || typeof offset !== 'string') return undefined;
  return { generation, foldVersion: Number(fold), offset: Number(offset) };
}

/** Generation, fold version and offset as a script takes them; three empty strings where none is expected. */
export function headArguments(head: ViewHead | undefined): [string, string, string] {
  return head ? [head.generation, String(head.foldVersion), String(head.offset)] : ['', '', ''];
}

/** The head's fields `counts` (what the scripts compare with the collections) and `attributes`. */
export function attributeArguments(attributes: QueueAttributes): [string, string] {
  const { kept, waiting, disqualified } = attributes.counts;
  return [`${kept}:${waiting}:${disqualified}`, JSON.stringify(attributes)];
}

export function attributesOf(field: string): QueueAttributes {
  return JSON.parse(field) as QueueAttributes; // written by this adapter alone
}

/** A script's answer: a word, and what goes with it. */
export function parseReply(reply: unknown): { readonly is: string; readonly rest: readonly unknown[] } {
  const [is, ...rest] = Array.isArray(reply) ? (reply as unknown[]) : [reply];
  if (typeof is !== 'string') throw new Error('A script of the view gave an answer that is none.');
  return { is, rest };
}
