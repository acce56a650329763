import type { DocumentNode } from 'graphql';

/** A longer document is parsed each time. Clients of this API send less than 1,000 characters. */
const MAX_CHARACTERS = 2_000;
/** A syntax tree takes about 100 bytes a character: 64 of the longest take about 13 MB. */
const MAX_DOCUMENTS = 64;

/** Validated documents of callers with a valid token, least recently used last. Bounded in number and in size. */
export class DocumentCache {
  readonly #documents = new Map<string, DocumentNode>();

  get(query: string): DocumentNode | undefined {
    const document = this.#documents.get(query);
    if (!document) return undefined;
    this.#documents.delete(query);
    this.#documents.set(query, document);
    return document;
  }

  add(query: string, document: DocumentNode): void {
    if (query.length > MAX_CHARACTERS || this.#documents.has(query)) return;
    const [oldest] = this.#documents.keys();
    if (this.#documents.size >= MAX_DOCUMENTS && oldest !== undefined) this.#documents.delete(oldest);
    this.#documents.set(query, document);
  }

  get size(): number {
    return this.#documents.size;
  }
}
