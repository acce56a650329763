import { setTimeout as pause } from 'node:timers/promises';
import type { QueueEvent } from '../../src/domain/events.generated.ts';
import { Installation } from '../support/installation.ts';
import { RegistryDecoder, readTopic } from '../support/log-reader.ts';
import { storedQueues } from '../support/stored-state.ts';
import { type Size, sendCrowd } from './crowd.ts';
import { foldedHistory } from './folded-history.ts';
import type { Call, History, Logged, Outage, PlainLife, Position, Stored } from './history.ts';
import { StackDoor } from './stack-door.ts';

const PROJECTED_WITHIN_MS = 10_000;

export interface Circumstances {
  /** Settings of the process that admits and projects, besides the usual. */
  readonly projector?: Readonly<Record<string, string>>;
  /** Whether that process is killed in the middle and started again. */
  readonly kills?: boolean;
  /** What else goes on while the crowd is there. */
  readonly besides?: (installation: Installation) => Promise<void>;
}

/** Lets a crowd at the whole system, with bytes in its log that nobody can read, and writes down what came of it. */
export async function stackHistory(seed: number, size: Size, circumstances: Circumstances = {}): Promise<History> {
  const installation = await Installation.create({ partitions: 2 });
  const { projector: settings = {}, kills = false, besides } = circumstances;
  try {
    const [door, projector] = await Promise.all([
      installation.start({ ...settings, ROLES: 'api' }),
      installation.start({ ...settings, ROLES: 'projector' }),
    ]);
    let killedAt: number | undefined;
    const faults = async (): Promise<void> => {
      await pause(size.forMs / 2);
      await sendRubbish(installation);
      if (!kills) return;
      killedAt = Date.now();
      await projector.kill9();
      await installation.start({ ...settings, ROLES: 'projector' });
    };
    const api = new StackDoor(installation.apiOf(door), installation.adminToken);
    const { calls } = await sendCrowd(
      api,
      seed,
      size,
      async () => void (await Promise.all([faults(), besides?.(installation)])),
    );
    return await historyOf(installation, seed, calls, killedAt);
  } finally {
    await installation.close();
  }
}

async function sendRubbish({ kafka, topic, partitions }: Installation): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  const messages = [...Array(partitions).keys()].map((partition) => ({
    partition,
    key: 'somebody',
    value: 'no event',
  }));
  await producer.send({ topic, messages });
  await producer.disconnect();
}

async function historyOf(
  installation: Installation,
  seed: number,
  calls: readonly Call[],
  killedAt: number | undefined,
): Promise<History> {
  const lag = await lagOf(installation);
  const { log, unreadable } = await readLog(installation);
  const letters = await readTopic(installation, installation.names.deadLetterTopic);
  const deadLetters = letters.map(({ headers }) => ({
    partition: Number(headers['dlt-origin-partition']),
    offset: Number(headers['dlt-origin-offset']),
  }));
  const stored = new Map<string, Stored>();
  for (const [concertId, { offset, state, waiting }] of await storedQueues(installation)) {
    const { lives, barred } = JSON.parse(state) as { lives: PlainLife[]; barred: string[] }; // the wire edge
    stored.set(concertId, { offset, canonical: state, lives, barred, waiting });
  }
  const folded = foldedHistory(log, stored);
  return { seed, calls, log, unreadable, deadLetters, stored, folded, lag, outages: outagesOf(log, killedAt) };
}

/** From the kill until admission control says something again in a partition, in log time. */
function outagesOf(log: readonly Logged[], killedAt: number | undefined): Outage[] {
  if (killedAt === undefined) return [];
  const control = log.filter(({ event, stamp }) => /TimePassed|EntriesAdmitted/.test(event.type) && stamp > killedAt);
  return [...new Set(control.map(({ partition }) => partition))].map((partition) => {
    const back = control.filter((one) => one.partition === partition).map(({ stamp }) => stamp);
    return { partition, from: killedAt, to: Math.min(...back) };
  });
}

async function lagOf(installation: Installation): Promise<number> {
  const { redis, prefix, topic, partitions } = installation;
  const missing = async (): Promise<number> => {
    const ends = await installation.withAdmin((admin) => admin.fetchTopicOffsets(topic));
    const lags = ends.map(async ({ partition, high }) => {
      const checkpoint = await redis.hget(`${prefix}partition:${partition}`, '@checkpoint');
      return Number(high) - 1 - Number(checkpoint ?? -1);
    });
    return (await Promise.all(lags)).reduce((sum, lag) => sum + lag, 0) + (ends.length === partitions ? 0 : 1);
  };
  const end = performance.now() + PROJECTED_WITHIN_MS;
  while ((await missing()) > 0 && performance.now() < end) await pause(200);
  return missing();
}

async function readLog(installation: Installation): Promise<{ log: Logged[]; unreadable: Position[] }> {
  const decoder = new RegistryDecoder(installation);
  const log: Logged[] = [];
  const unreadable: Position[] = [];
  for (const { partition, offset, stamp, value } of await readTopic(installation, installation.topic)) {
    try {
      const { name, fields } = await decoder.decode(value);
      const event = { type: name.replace('concert.queue.', ''), ...fields } as QueueEvent; // the Avro edge
      log.push({ partition, offset, stamp, event });
    } catch {
      unreadable.push({ partition, offset }); // what it is told of is judged by P8
    }
  }
  return { log, unreadable };
}
