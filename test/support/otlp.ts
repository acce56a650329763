/** A server for OTLP over HTTP that stores the spans it receives. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root span. */
  readonly parentId: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly from: number;
}

export interface OtlpReceiver extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
}

export async function receiveTraces(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (request.url === '/v1/traces') spans.push(...spansOf(Buffer.concat(pieces)));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP address
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** ExportTraceServiceRequest.resource_spans = 1, .scope_spans = 2, .spans = 2. */
function spansOf(message: Buffer): ReceivedSpan[] {
  return fields(message, 1)
    .flatMap((resource) => fields(resource, 2))
    .flatMap((scope) => fields(scope, 2))
    .map((span) => ({
      traceId: hex(fields(span, 1)),
      spanId: hex(fields(span, 2)),
      parentId: hex(fields(span, 4)),
      name: fields(span, 5)[0]?.toString() ?? '',
      from: milliseconds(fields(span, 7)),
    }));
}

const milliseconds = ([nanos]: readonly Buffer[]): number => Number(nanos?.readBigUInt64LE() ?? 0n) / 1e6;
const hex = ([bytes]: readonly Buffer[]): string => bytes?.toString('hex') ?? '';

/** The values of a protobuf field that is length-delimited (message, string, bytes) or 64 bits wide. */
function fields(message: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const varint = (): number => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = message[at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const [field, type] = [Math.floor(tag / 8), tag % 8];
    if (type === 0) varint();
    else if (type === 1) {
      if (field === wanted) found.push(message.subarray(at, at + 8));
      at += 8;
    } else if (type === 5) at += 4;
    else {
      const length = varint();
      if (field === wanted) found.push(message.subarray(at, at + length));
      at += length;
    }
  }
  return found;
}
