/** Writes entry requests to the log in large batches, without the API, to prepare a measurement. */
import kafkajs from 'kafkajs';
import { built } from '../baselines/built.ts';
import { codecOf } from '../baselines/naive-log.ts';
import { TOKEN_SECRET } from './bench-environment.ts';
import { POLICY } from './policy.ts';

const { kafkaNames } = await built<typeof import('../../src/config/kafka-settings.ts')>(
  'infrastructure/driven/kafka/kafka-options',
);
const { keyOf, partitionOf } = await built<typeof import('../../src/application/event-log/partitioner.ts')>(
  'application/event-log/partitioner',
);
const { HmacEntryTokens } = await built<typeof import('../../src/infrastructure/driven/tokens/entry-token.hmac.ts')>(
  'infrastructure/driven/tokens/entry-token.hmac',
);

const PARTITIONS = 12;
const BATCH_SIZE = 2000;
/** Keeps the token of one of so many users. */
const TOKEN_OF_EVERY = 50;
type Event = Parameters<typeof keyOf>[0];

export class LogFiller {
  /** `concertId token` of some users. */
  readonly tokens: string[] = [];
  readonly #signer = new HmacEntryTokens([TOKEN_SECRET]);
  #users = 0;

  readonly #topic: string;
  readonly #producer: kafkajs.Producer;
  readonly #codec: Awaited<ReturnType<typeof codecOf>>;

  private constructor(topic: string, producer: kafkajs.Producer, codec: Awaited<ReturnType<typeof codecOf>>) {
    this.#topic = topic;
    this.#producer = producer;
    this.#codec = codec;
  }

  static async open(environment: Readonly<Record<string, string>>): Promise<LogFiller> {
    const brokers = (environment['KAFKA_BROKERS'] ?? '').split(',');
    const producer = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).producer({
      createPartitioner: () => (args) => args.message.partition ?? 0,
    });
    await producer.connect();
    const codec = await codecOf({
      brokers,
      registryUrl: environment['SCHEMA_REGISTRY_URL'] ?? '',
      redisUrl: '',
      prefix: '',
    });
    return new LogFiller(kafkaNames(environment['NAME_PREFIX'] ?? '').topic, producer, codec);
  }

  /** Appends entry requests of so many users. */
  async enter(concertId: string, count: number): Promise<void> {
    const partition = partitionOf(concertId, PARTITIONS);
    for (let done = 0; done < count; done += BATCH_SIZE) {
      const events = Array.from({ length: Math.min(BATCH_SIZE, count - done) }, () => this.#request(concertId));
      const base = await this.#append(partition, events);
      for (let at = 0; at < events.length; at += TOKEN_OF_EVERY) {
        const userId = events[at]?.userId ?? '';
        this.tokens.push(`${concertId} ${this.#signer.sign({ userId, concertId, partition, offset: base + at })}`);
      }
    }
  }

  /** Configures open queues. */
  async configure(concertIds: readonly string[]): Promise<void> {
    const occurredAt = Date.now();
    const byPartition = Map.groupBy(concertIds, (concertId) => partitionOf(concertId, PARTITIONS));
    for (const [partition, ids] of byPartition)
      for (let at = 0; at < ids.length; at += BATCH_SIZE)
        await this.#append(
          partition,
          ids.slice(at, at + BATCH_SIZE).map((concertId) => ({
            type: 'QueueConfigured',
            concertId,
            occurredAt,
            policy: POLICY,
            drawNonce: null,
            drawCommitment: null,
          })),
        );
  }

  async close(): Promise<void> {
    await this.#producer.disconnect();
  }

  #request(concertId: string) {
    const userId = `waiting-${String(this.#users++).padStart(8, '0')}`;
    const entryId = userId.slice(-8).padStart(12, 'e');
    return { type: 'QueueEntryRequested', concertId, occurredAt: Date.now(), userId, entryId } as const;
  }

  async #append(partition: number, events: readonly Event[]): Promise<number> {
    const messages = events.map((event) => ({ partition, key: keyOf(event), value: this.#codec.encode(event) }));
    const [answer] = await this.#producer.send({ topic: this.#topic, acks: -1, messages });
    return Number(answer?.baseOffset);
  }
}
