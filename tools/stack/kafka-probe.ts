/** One Metadata request in Kafka's wire protocol: enough to know whether a broker serves clients, without a client library. */
import { ask } from './wire.ts';

const METADATA = 3;
const VERSION = 1;

/** True once the cluster's metadata names at least one broker that is ready for clients: the port opens seconds before. */
export async function kafkaAnswers(port: number): Promise<boolean> {
  const answer = await ask(
    port,
    metadataRequest(),
    (bytes) => bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0),
  );
  const [size, correlation] = [4, 4];
  return answer.length >= size + correlation + 4 && answer.readInt32BE(size + correlation) > 0; // the array of brokers comes first
}

function metadataRequest(): Buffer {
  const client = Buffer.from('stack');
  const header = Buffer.alloc(10);
  header.writeInt16BE(METADATA, 0);
  header.writeInt16BE(VERSION, 2);
  header.writeInt32BE(1, 4); // correlation id
  header.writeInt16BE(client.length, 8);
  const noTopics = Buffer.alloc(4);
  const body = Buffer.concat([header, client, noTopics]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}
