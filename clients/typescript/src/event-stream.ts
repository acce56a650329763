/** One message of a `text/event-stream`. */
export interface StreamedEvent {
  readonly type: string;
  readonly data: string;
  /** The last `id:` seen so far; empty before the first. */
  readonly id: string;
}

/** Parses `text/event-stream` as the HTML standard defines it. Comments are ignored. */
export class EventParser {
  #rest = '';
  #type = '';
  #data: string[] = [];
  #id = '';

  /** @returns the events that this chunk completes */
  push(chunk: string): readonly StreamedEvent[] {
    const text = this.#rest + chunk;
    // A trailing carriage return may be the first half of a line end.
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line) ?? []);
  }

  #line(line: string): StreamedEvent | undefined {
    if (line === '') return this.#dispatch();
    const [, field = line, value = ''] = /^([^:]*): ?(.*)$/s.exec(line) ?? [];
    if (field === 'event') this.#type = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    return undefined;
  }

  #dispatch(): StreamedEvent | undefined {
    const event = { type: this.#type || 'message', data: this.#data.join('\n'), id: this.#id };
    const isEmpty = this.#data.length === 0;
    this.#type = '';
    this.#data = [];
    return isEmpty ? undefined : event;
  }
}

export interface StreamLimits {
  /** Time until the first byte. */
  readonly firstByteMs: number;
  /** Time without a byte, not even of a heartbeat, after the first. */
  readonly silentMs: number;
  /** Called when bytes have arrived. */
  readonly onBytes: () => void;
}

/** The events of a body until it ends. @throws SilentStream */
export async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  { firstByteMs, silentMs, onBytes }: StreamLimits,
): AsyncGenerator<StreamedEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  try {
    for (let limitMs = firstByteMs; ; limitMs = silentMs) {
      const { done, value } = await withIdleTimeout(reader.read(), limitMs);
      if (done) return;
      onBytes();
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    // Cancelling a broken stream fails; the stream is closed already.
    await reader.cancel().catch(() => undefined);
  }
}

/** The stream is open but delivers nothing. */
export class SilentStream extends Error {
  override readonly name = 'SilentStream';
}

function withIdleTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new SilentStream(`no data for ${ms} ms`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
