import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { keyOf } from '../../src/application/event-log/partitioner.ts';
import type { LogRecord } from '../../src/application/ports/log-subscription.port.ts';
import type { QueueViewUnderTest } from '../../src/application/ports/queue-view.fixtures.ts';
import type { QueueViewWriter } from '../../src/application/ports/queue-view.port.ts';
import { EventReader } from '../../src/application/projection/event-reader.ts';
import { PartitionProjection } from '../../src/application/projection/partition-projection.ts';
import { configured, requestedBy } from '../../src/domain/concert-queue.fixtures.ts';
import type { QueueEvent } from '../../src/domain/events.generated.ts';
import { viewOn } from '../../src/infrastructure/driven/redis/redis-view.fixtures.ts';
import { eventually } from '../support/eventually.ts';
import { stackAddresses } from '../support/settings.ts';
import { resourcesOfEachTest } from '../support/test-resources.ts';

const log: readonly QueueEvent[] = [configured(), requestedBy('ann'), requestedBy('bo'), requestedBy('cy')];
const { concertId } = configured();
const recordAt = (offset: number): LogRecord => {
  const event = log[offset] ?? configured();
  const value = Buffer.from(JSON.stringify(event));
  return { partition: 0, offset, timestamp: 1_000 + offset, key: Buffer.from(keyOf(event)), value, headers: {} };
};

/** Actions around the first activation of a complete generation, where races are possible. */
interface Interruptions {
  /** Before the checkpoint is read. */
  readonly loading?: () => Promise<void>;
  readonly before?: () => Promise<void>;
  readonly after?: () => Promise<void>;
}

describe('a projection on a real view', () => {
  const ofTest = resourcesOfEachTest();
  let view: QueueViewUnderTest;
  beforeEach(async () => {
    view = ofTest().adopt(
      await viewOn({ url: stackAddresses().redisUrl }, `race-${randomBytes(5).toString('hex')}.`),
      (one) => one.close(),
    );
  });

  /** An owner of the partition, interrupted by these actions. @param end of the log; default: the log is empty at the start */
  async function owner(
    writer: QueueViewWriter,
    interruptions: Interruptions = {},
    end = () => 0,
  ): Promise<PartitionProjection> {
    let once: Interruptions | undefined = interruptions;
    const interrupted: QueueViewWriter = Object.assign(Object.create(writer) as QueueViewWriter, {
      activate: async (...step: Parameters<QueueViewWriter['activate']>) => {
        const now = once;
        once = undefined;
        await now?.before?.();
        const outcome = await writer.activate(...step);
        await now?.after?.();
        return outcome;
      },
      heads: writer.heads.bind(writer),
      load: writer.load.bind(writer),
      advance: writer.advance.bind(writer),
      stage: writer.stage.bind(writer),
      damaged: writer.damaged.bind(writer),
      partition: async (partition: number) => {
        await interruptions.loading?.();
        return writer.partition(partition);
      },
      advancePartition: writer.advancePartition.bind(writer),
    });
    const codec = {
      encode: () => Buffer.alloc(0),
      fingerprintOf: () => '',
      decode: (value: Buffer | null) => JSON.parse(String(value)) as QueueEvent,
    };
    const projection = new PartitionProjection(0, {
      view: interrupted,
      deadLetters: {
        add: () => Promise.reject(new Error('no record is unreadable here')),
        of: async () => new Map(),
        correctTimes: () => Promise.reject(new Error('no time is wrong here')),
        timeCorrections: async () => new Map(),
      },
      reader: new EventReader(codec, 1),
      endOffset: async () => end(),
      onDeadLetter: () => undefined,
    });
    await projection.load();
    return projection;
  }

  const storedOffset = async (): Promise<number | undefined> =>
    (await view.writer.heads([concertId])).get(concertId)?.offset;

  test('writes changes that were folded during the activation of a generation', async () => {
    const folding = { now: Promise.resolve() };
    const projection: PartitionProjection = await owner(view.writer, {
      after: () => (folding.now = projection.consume([recordAt(1), recordAt(2)])),
    });
    await projection.consume([recordAt(0)]);
    await eventually(() => projection.concerts.get(concertId)?.rewriting === false);
    await folding.now;
    // No further event follows, so the heartbeat must write the rest.
    await projection.flush();
    expect(await storedOffset()).toBe(2);
  });

  test('loads while the previous owner still folds records', async () => {
    let end = 1;
    const former = await owner(view.other);
    await former.consume([recordAt(0)]);
    await eventually(async () => (await storedOffset()) === 0);
    const loading = async () => {
      end = 2;
      await former.consume([recordAt(1)]);
    };
    const projection = await owner(view.writer, { loading }, () => end);
    expect(projection.checkpoint).toBe(1);
  });

  test('continues behind a view that another owner has advanced, and then advances it', async () => {
    const other = await owner(view.other);
    const projection: PartitionProjection = await owner(view.writer, {
      before: async () => {
        await other.consume([recordAt(0), recordAt(1)]);
        await eventually(async () => (await storedOffset()) === 1);
      },
      after: () => projection.consume([recordAt(1), recordAt(2), recordAt(3)]),
    });
    await projection.consume([recordAt(0)]);
    await eventually(async () => {
      await projection.flush();
      return (await storedOffset()) === 3;
    });
    const stored = await view.writer.load(concertId);
    expect(Array.from(stored?.snapshot.entries ?? [], ({ userId }) => userId).toSorted()).toEqual(['ann', 'bo', 'cy']);
  });
});
