/** Two requests in Kafka's wire protocol: enough to know whether a broker serves clients, without a client library. */
import { ask } from './wire.ts';

const METADATA = { api: 3, version: 1 };
const FIND_COORDINATOR = { api: 10, version: 0 };
/** Size and correlation id, four bytes each, stand before every response. */
const HEADER = 8;

/**
 * True once the cluster names at least one broker that is ready for clients (the port opens seconds before), and a
 * coordinator for consumer groups (whose topic is made when first asked for, which would cost the first consumer seconds).
 */
export async function kafkaAnswers(port: number): Promise<boolean> {
  const noTopics = Buffer.alloc(4);
  const metadata = await call(port, METADATA, noTopics);
  const brokers = metadata.readInt32BE(HEADER);
  if (brokers === 0) return false;
  const coordinator = await call(port, FIND_COORDINATOR, text('stack'));
  return coordinator.readInt16BE(HEADER) === 0;
}

function call(port: number, { api, version }: typeof METADATA, body: Buffer): Promise<Buffer> {
  const correlation = 1;
  const header = Buffer.alloc(8);
  header.writeInt16BE(api, 0);
  header.writeInt16BE(version, 2);
  header.writeInt32BE(correlation, 4);
  const request = Buffer.concat([header, text('stack'), body]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(request.length);
  return ask(
    port,
    Buffer.concat([size, request]),
    (bytes) => bytes.length > HEADER && bytes.length >= 4 + bytes.readInt32BE(0),
  );
}

/** A string as the protocol writes it: its length in two bytes, then UTF-8. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
