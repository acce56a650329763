import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import { keyOf } from '../../../application/event-log/partitioner.ts';
import type { LogReader } from '../../../application/ports/log-reader.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import { logThat } from '../../../application/ports/ports.fixtures.ts';
import { EventReader, UnreadableRecord } from '../../../application/projection/event-reader.ts';
import { PartitionProjection } from '../../../application/projection/partition-projection.ts';
import { PartitionRebuild, type RebuildPorts } from '../../../application/projection/partition-rebuild.ts';
import { EntryStatus } from '../../../application/queries/entry-status.ts';
import { configured, requestedBy } from '../../../domain/concert-queue.fixtures.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import { MemoryQueueViewReader } from './memory-queue-view-reader.ts';
import { MemoryQueueViewWriter } from './memory-queue-view-writer.ts';
import { MemoryView } from './memory-view.ts';

const { concertId } = configured();
const SKIPPED_OFFSET = 2;
const UNREADABLE = Buffer.from('{');

function recordAt(offset: number, event: QueueEvent): LogRecord {
  const value = offset === SKIPPED_OFFSET ? UNREADABLE : Buffer.from(JSON.stringify(event));
  return { partition: 0, offset, timestamp: 1_000 + offset, key: Buffer.from(keyOf(event)), value, headers: {} };
}
const other = { ...configured(), concertId: 'autumn-tour' };
const log = [configured(), other, requestedBy('bo'), requestedBy('cy'), requestedBy('dee')].map((event, at) =>
  recordAt(at, event),
);

/** A view in memory. After every write, bo's entry is read: bo's request is the dead letter. */
class ObservedView {
  /** Every state that bo could read. */
  readonly states = new Set<string>();
  readonly #view = new MemoryView();
  readonly #reader = new MemoryQueueViewReader(this.#view);
  readonly #entryStatus: EntryStatus;
  #ports: Omit<RebuildPorts, 'log'> | undefined;
  readonly #token = { userId: 'bo', concertId, partition: 0, offset: SKIPPED_OFFSET };

  constructor(readonly deadLetters = new Map<number, number>()) {
    this.#entryStatus = new EntryStatus(logThat({}), this.#reader);
  }

  /** The projection of a new owner of the partition. */
  async owner(endOffset: number): Promise<PartitionProjection> {
    const codec = {
      encode: () => Buffer.alloc(0),
      fingerprintOf: () => '',
      decode: (value: Buffer | null) => {
        if (value?.equals(UNREADABLE)) throw new UnreadableRecord('WRONG_KEY', 'unreadable for this test');
        return JSON.parse(String(value)) as QueueEvent;
      },
    };
    this.#ports = {
      view: this.#observedWriter(),
      deadLetters: {
        add: async ({ offset, timestamp }) => void this.deadLetters.set(offset, timestamp),
        of: async () => new Map(this.deadLetters),
        correctTimes: async () => undefined,
        timeCorrections: async () => new Map(),
      },
      reader: new EventReader(codec, 1),
    };
    const ports = { ...this.#ports, endOffset: async () => endOffset, onDeadLetter: () => undefined };
    const projection = new PartitionProjection(0, ports);
    await projection.load();
    return projection;
  }

  /** Rebuilds the concert, as an owner does after it finds a new dead letter. */
  async rebuild(projection: PartitionProjection, records: readonly LogRecord[]): Promise<string> {
    if (!this.#ports) throw new Error('the partition has no owner');
    const logReader: LogReader = {
      partitions: 1,
      starts: async () => new Map([[0, 0]]),
      ends: async () => new Map([[0, records.length]]),
      async *read(_, from, to) {
        yield records.slice(from, to);
      },
    };
    const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const rebuild = new PartitionRebuild(projection, { ...this.#ports, log: logReader }, logger, concertId);
    return (await rebuild.run()).state;
  }

  lose(lost: string): void {
    this.#view.concerts.delete(lost);
  }

  async head(): Promise<number | undefined> {
    return (await this.#reader.queue(concertId))?.head.offset;
  }

  #observedWriter(): MemoryQueueViewWriter {
    const recordState = () => this.#recordState();
    return new (class extends MemoryQueueViewWriter {
      override async advance(...step: Parameters<MemoryQueueViewWriter['advance']>) {
        const outcome = await super.advance(...step);
        await recordState();
        return outcome;
      }
      /** Slower than all other calls. */
      override async advancePartition(...step: Parameters<MemoryQueueViewWriter['advancePartition']>) {
        for (let turns = 0; turns < 10; turns++) await turn();
        return super.advancePartition(...step);
      }
      override async activate(...step: Parameters<MemoryQueueViewWriter['activate']>) {
        const outcome = await super.activate(...step);
        await recordState();
        return outcome;
      }
    })(this.#view, 'one');
  }

  async #recordState(): Promise<void> {
    const entry = await this.#reader.entry(concertId, 'bo');
    if (entry) this.states.add((await this.#entryStatus.inQueue(this.#token, entry)).state);
  }
}

const deadLetter = () => new Map([[SKIPPED_OFFSET, 1_000 + SKIPPED_OFFSET]]);
async function untilWritten(projection: PartitionProjection): Promise<void> {
  await eventually(() => !projection.rewriting);
  await projection.flush();
}

describe('a request that is skipped as a dead letter', () => {
  test.each([
    ['found unreadable during the projection', new Map<number, number>()],
    ['named by an existing dead letter', deadLetter()],
  ])('is never reported as LEFT when %s', async (_, deadLetters) => {
    const view = new ObservedView(deadLetters);
    const projection = await view.owner(0);
    await projection.consume(log.slice(0, SKIPPED_OFFSET));
    await untilWritten(projection);
    await projection.consume(log.slice(SKIPPED_OFFSET));
    expect(await view.head()).toBe(4);
    expect([...view.states]).toEqual(['PENDING']);
  });

  test('is not reported as LEFT when a full rewrite is activated', async () => {
    const view = new ObservedView(deadLetter());
    const projection = await view.owner(5);
    await projection.consume(log);
    await untilWritten(projection);
    expect(await view.head()).toBe(4);
    expect([...view.states]).toEqual(['PENDING']);
  });

  test('is not reported as LEFT when a rebuild removes it from a queue that had folded it, and stays a dead letter', async () => {
    const view = new ObservedView();
    const readable = log.with(SKIPPED_OFFSET, {
      ...recordAt(SKIPPED_OFFSET + 1, requestedBy('bo')),
      offset: SKIPPED_OFFSET,
      timestamp: 1_000 + SKIPPED_OFFSET,
    });
    const projection = await view.owner(0);
    await projection.consume(readable);
    await untilWritten(projection);
    view.deadLetters.set(SKIPPED_OFFSET, 1_000 + SKIPPED_OFFSET); // another process could not read it
    projection.skipped.mergeDeadLetters(view.deadLetters, projection.checkpoint);
    expect(await view.rebuild(projection, readable)).toBe('done');
    expect([...view.states]).toEqual(['WAITING', 'PENDING']);
    expect([projection.skipped.all, projection.skipped.unverified]).toEqual([deadLetter(), new Map()]);
  });

  test('is not reported as LEFT while another queue of its partition is replayed', async () => {
    const view = new ObservedView(deadLetter());
    const before = await view.owner(0);
    await before.consume(log.slice(0, SKIPPED_OFFSET));
    await untilWritten(before);
    before.release();
    view.lose(other.concertId);
    const projection = await view.owner(6);
    await projection.consume(log);
    expect([await view.head(), projection.caughtUp]).toEqual([4, false]);
    expect([...view.states]).toEqual(['PENDING']);
  });
});
