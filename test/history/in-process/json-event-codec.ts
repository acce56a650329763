import { type EventCodec, UndecodableError } from '../../../src/application/ports/event-codec.port.ts';
import type { QueueEvent } from '../../../src/domain/events.generated.ts';

/** Encodes events as JSON: the Avro schemas have whole seconds only, and in-process tests use shorter windows. */
export class JsonEventCodec implements EventCodec {
  encode(event: QueueEvent): Buffer {
    return Buffer.from(JSON.stringify(event));
  }

  fingerprintOf(): string {
    return '';
  }

  decode(value: Buffer | null): QueueEvent {
    try {
      return JSON.parse(value?.toString() ?? '') as QueueEvent; // the wire edge
    } catch (cause) {
      throw new UndecodableError('MALFORMED_BODY', 'This is not JSON.', { cause });
    }
  }
}
