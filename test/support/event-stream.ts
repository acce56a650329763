/** A reader of server-sent events that shares no code with the product. */
import { Agent, type IncomingMessage, request } from 'node:http';

export interface StreamEvent {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

export class EventStream {
  readonly events: StreamEvent[] = [];
  readonly comments: string[] = [];
  /** Milliseconds, the last value sent. */
  retry: number | undefined;
  /** What a browser would send as `Last-Event-ID`. */
  lastEventId = '';
  /** Resolves when the stream has ended or broken. */
  readonly ended: Promise<void>;
  readonly #answer: IncomingMessage;
  #rest = '';

  private constructor(answer: IncomingMessage) {
    this.#answer = answer;
    answer.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.ended = new Promise((resolve) => {
      answer.once('close', resolve);
      answer.once('error', () => undefined); // `close` follows
    });
  }

  /** @throws Error unless the response is an event stream */
  static async open(url: string, token: string, lastEventId?: string): Promise<EventStream> {
    const { answer, status } = await ask(url, token, lastEventId);
    const type = answer.headers['content-type'];
    if (status === 200 && type?.startsWith('text/event-stream')) return new EventStream(answer);
    answer.destroy();
    throw new Error(`${status} ${type}`);
  }

  /** The data of the events `entry`, parsed. */
  get entries(): readonly { readonly state: string; readonly position?: number; readonly projectedOffset: number }[] {
    return this.events.filter(({ event }) => event === 'entry').map(({ data }) => JSON.parse(data));
  }

  /** The data of the events `queue`, parsed. */
  get queues(): readonly { readonly state: string; readonly notice?: { readonly texts: object } }[] {
    return this.events.filter(({ event }) => event === 'queue').map(({ data }) => JSON.parse(data));
  }

  get headers(): IncomingMessage['headers'] {
    return this.#answer.headers;
  }

  pause(): void {
    this.#answer.pause();
  }

  close(): void {
    this.#answer.destroy();
  }

  #read(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) this.#take(block);
  }

  #take(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':');
      if (colon === 0) this.comments.push(line.slice(1).trim());
      else fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
    }
    this.lastEventId = fields.get('id') ?? this.lastEventId;
    const retry = fields.get('retry');
    if (retry !== undefined) this.retry = Number(retry);
    const data = fields.get('data');
    if (data) this.events.push({ event: fields.get('event') ?? 'message', id: this.lastEventId, data });
  }
}

/** The status and headers of any response; the caller reads or destroys its body. */
export function ask(
  url: string,
  token: string,
  lastEventId?: string,
  method = 'GET',
): Promise<{ readonly status: number; readonly answer: IncomingMessage }> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  };
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, agent: new Agent({ keepAlive: false }) }, (answer) =>
      resolve({ status: answer.statusCode ?? 0, answer }),
    );
    call.once('error', reject);
    call.end();
  });
}
