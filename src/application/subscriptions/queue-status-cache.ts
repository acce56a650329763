import type { QueueAttributes } from '../../domain/queue-snapshot.ts';
import type { Offset } from '../../domain/types.ts';
import { type QueueStatusDocument, stateOf, statusOf } from '../queries/queue-document.ts';

/** The state and notice of one queue as last read: the same object until they change. */
export class QueueStatusCache {
  #offset: Offset = -1;
  #noticeOffset: Offset | undefined;
  #status: QueueStatusDocument | undefined;

  /** @returns the status at this offset, or at a later one if the view was set back */
  at(offset: Offset, attributes: QueueAttributes): QueueStatusDocument {
    if (this.#status && (offset < this.#offset || !this.#differs(attributes))) {
      this.#offset = Math.max(this.#offset, offset);
      return this.#status;
    }
    this.#offset = offset;
    this.#noticeOffset = attributes.notice?.offset;
    this.#status = statusOf(attributes);
    return this.#status;
  }

  #differs(attributes: QueueAttributes): boolean {
    return this.#status?.state !== stateOf(attributes) || this.#noticeOffset !== attributes.notice?.offset;
  }
}
