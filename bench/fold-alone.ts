/** Decode and fold alone, on one core, without a server: `node --expose-gc bench/fold-alone.ts <users>`; prints a line of JSON. */
import { built } from './baselines/built.ts';
import { POLICY as policy } from './support/policy.ts';

const { AvroEventCodec } = await built<typeof import('../src/infrastructure/driven/avro/avro-event-codec.ts')>(
  'infrastructure/driven/avro/avro-event-codec',
);
const { ConcertQueue } = await built<typeof import('../src/domain/concert-queue.ts')>('domain/concert-queue');
const { EventReader } = await built<typeof import('../src/application/projection/event-reader.ts')>(
  'application/projection/event-reader',
);
const { partitionOf } = await built<typeof import('../src/application/event-log/partitioner.ts')>(
  'application/event-log/partitioner',
);

const users = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = 3;
const CONCERT = 'concert-0';
const schemas = new Map<number, string>();
const codec = new AvroEventCodec(
  {
    // A registry of our own: the ids are the order.
    name: 'the registry',
    remedy: '',
    registeredVersions: () => Promise.resolve([]),
    registerAll: (files) => {
      for (const [id, { text }] of files.entries()) schemas.set(id + 1, text);
      return Promise.resolve(new Map(files.map(({ record }, index) => [record, index + 1])));
    },
    idsOfRegistered: () => Promise.resolve(new Map()),
    schemaOf: (id) => Promise.resolve({ type: 'AVRO', text: schemas.get(id) ?? '' }),
  },
  { registerAtStart: true },
);
await codec.start();
const reader = new EventReader(codec, 12);
const partition = partitionOf(CONCERT, 12);
const records = Array.from({ length: users }, (_, index) => {
  const userId = `waiting-${String(index).padStart(8, '0')}`;
  const entryId = userId.slice(-8).padStart(12, 'e');
  const event = { type: 'QueueEntryRequested', concertId: CONCERT, occurredAt: 1, userId, entryId } as const;
  const value = Buffer.from(codec.encode(event));
  return { partition, offset: index + 1, timestamp: 1, key: Buffer.from(`${userId}:${CONCERT}`), value, headers: {} };
});

const rounds = Array.from({ length: ROUNDS }, () => fold());
const best = rounds.reduce((a, b) => (a.eventsPerSecond > b.eventsPerSecond ? a : b));
console.log(JSON.stringify({ users, ...best, heap: heapOfWaiting() }));

function fold() {
  const queue = begin();
  const cpu = process.cpuUsage();
  const from = performance.now();
  for (const record of records) {
    const event = reader.read(record);
    if (event instanceof Promise) throw new Error('The schema is not known.');
    queue.apply(event, record);
  }
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  if (queue.waiting !== users) throw new Error(`${queue.waiting} wait.`);
  return { eventsPerSecond: (users * 1000) / ms, cpuMicros: (user + system) / users };
}

/** Heap bytes per waiting user. */
function heapOfWaiting(): number {
  const collect = globalThis.gc ?? (() => undefined);
  collect();
  const before = process.memoryUsage().heapUsed;
  const queue = begin();
  for (const record of records) {
    const event = reader.read(record);
    if (!(event instanceof Promise)) queue.apply(event, record);
  }
  collect();
  const after = process.memoryUsage().heapUsed;
  return (after - before) / queue.waiting;
}

function begin() {
  const event = {
    type: 'QueueConfigured',
    concertId: CONCERT,
    occurredAt: 1,
    policy,
    drawNonce: null,
    drawCommitment: null,
  } as const;
  return ConcertQueue.begin(event, { offset: 0, timestamp: 1 });
}
