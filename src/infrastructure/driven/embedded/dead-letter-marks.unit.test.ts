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
import { asks, configured } from '../../../domain/concert-queue.fixtures.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import { MemoryQueueViewReader } from './memory-queue-view-reader.ts';
import { MemoryQueueViewWriter } from './memory-queue-view-writer.ts';
import { MemoryView } from './memory-view.ts';

const { concertId } = configured();
const LETTER = 2;
const UNREADABLE = Buffer.from('{');

function recordAt(offset: number, event: QueueEvent): LogRecord {
  const value = offset === LETTER ? UNREADABLE : Buffer.from(JSON.stringify(event));
  return { partition: 0, offset, timestamp: 1_000 + offset, key: Buffer.from(keyOf(event)), value, headers: {} };
}
const other = { ...configured(), concertId: 'autumn-tour' };
const log = [configured(), other, asks('bo'), asks('cy'), asks('dee')].map((event, at) => recordAt(at, event));

/** A view in memory; whenever something was written to it, bo, whose request is the dead letter, looks at the entry. */
class Scene {
  readonly told = new Set<string>();
  readonly #view = new MemoryView();
  readonly #reader = new MemoryQueueViewReader(this.#view);
  readonly #standing: EntryStatus;
  #ports: Omit<RebuildPorts, 'log'> | undefined;
  readonly #token = { userId: 'bo', concertId, partition: 0, offset: LETTER };

  constructor(readonly letters = new Map<number, number>()) {
    this.#standing = new EntryStatus(logThat({}), this.#reader);
  }

  /** A process that owns the partition from now on. */
  async owner(endOffset: number): Promise<PartitionProjection> {
    const codec = {
      encode: () => Buffer.alloc(0),
      decode: (value: Buffer | null) => {
        if (value?.equals(UNREADABLE)) throw new UnreadableRecord('WRONG_KEY', 'as the test wants it');
        return JSON.parse(String(value)) as QueueEvent;
      },
    };
    this.#ports = {
      view: this.#watched(),
      deadLetters: {
        add: async ({ offset, timestamp }) => void this.letters.set(offset, timestamp),
        of: async () => new Map(this.letters),
      },
      reader: new EventReader(codec, 1),
    };
    const ports = { ...this.#ports, endOffset: async () => endOffset, onDeadLetter: () => undefined };
    const projection = new PartitionProjection(0, ports);
    await projection.load();
    return projection;
  }

  /** Of the concert alone, as an owner does it who hears of a dead letter. */
  async rebuild(projection: PartitionProjection, records: readonly LogRecord[]): Promise<string> {
    if (!this.#ports) throw new Error('nobody owns the partition');
    const reading: LogReader = {
      partitions: 1,
      starts: async () => new Map([[0, 0]]),
      ends: async () => new Map([[0, records.length]]),
      async *read(_, from, to) {
        yield records.slice(from, to);
      },
    };
    const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const rebuild = new PartitionRebuild(projection, { ...this.#ports, log: reading }, quiet, concertId);
    return (await rebuild.run()).state;
  }

  lose(lost: string): void {
    this.#view.concerts.delete(lost);
  }

  async head(): Promise<number | undefined> {
    return (await this.#reader.queue(concertId))?.head.offset;
  }

  #watched(): MemoryQueueViewWriter {
    const look = () => this.#look();
    return new (class extends MemoryQueueViewWriter {
      override async advance(...step: Parameters<MemoryQueueViewWriter['advance']>) {
        const outcome = await super.advance(...step);
        await look();
        return outcome;
      }
      /** Slower than anything else. */
      override async advancePartition(...step: Parameters<MemoryQueueViewWriter['advancePartition']>) {
        for (let turns = 0; turns < 10; turns++) await turn();
        return super.advancePartition(...step);
      }
      override async activate(...step: Parameters<MemoryQueueViewWriter['activate']>) {
        const outcome = await super.activate(...step);
        await look();
        return outcome;
      }
    })(this.#view, 'one');
  }

  async #look(): Promise<void> {
    const seen = await this.#reader.entry(concertId, 'bo');
    if (seen) this.told.add((await this.#standing.inQueue(this.#token, seen)).state);
  }
}

const named = () => new Map([[LETTER, 1_000 + LETTER]]);
async function shown(projection: PartitionProjection): Promise<void> {
  await eventually(() => !projection.rewriting);
  await projection.flush();
}

describe('a request that is passed over as a dead letter', () => {
  test.each([
    ['found to be unreadable just now', new Map<number, number>()],
    ['named by a dead letter that was there before', named()],
  ])('is never shown as gone: %s', async (_, letters) => {
    const scene = new Scene(letters);
    const projection = await scene.owner(0);
    await projection.consume(log.slice(0, LETTER));
    await shown(projection);
    await projection.consume(log.slice(LETTER));
    expect(await scene.head()).toBe(4);
    expect([...scene.told]).toEqual(['PENDING']);
  });

  test('nor by a whole view that becomes current meanwhile', async () => {
    const scene = new Scene(named());
    const projection = await scene.owner(5);
    await projection.consume(log);
    await shown(projection);
    expect(await scene.head()).toBe(4);
    expect([...scene.told]).toEqual(['PENDING']);
  });

  test('nor by a rebuild without it, of a queue that had folded it; and is a dead letter for good afterwards', async () => {
    const scene = new Scene();
    const readable = log.with(LETTER, {
      ...recordAt(LETTER + 1, asks('bo')),
      offset: LETTER,
      timestamp: 1_000 + LETTER,
    });
    const projection = await scene.owner(0);
    await projection.consume(readable);
    await shown(projection);
    scene.letters.set(LETTER, 1_000 + LETTER); // somebody else could not read it
    projection.skipped.mergeDeadLetters(scene.letters, projection.checkpoint);
    expect(await scene.rebuild(projection, readable)).toBe('done');
    expect([...scene.told]).toEqual(['WAITING', 'PENDING']);
    expect([projection.skipped.all, projection.skipped.unverified]).toEqual([named(), new Map()]);
  });

  test('nor while another queue of its partition is replayed', async () => {
    const scene = new Scene(named());
    const before = await scene.owner(0);
    await before.consume(log.slice(0, LETTER));
    await shown(before);
    before.release();
    scene.lose(other.concertId);
    const projection = await scene.owner(6);
    await projection.consume(log);
    expect([await scene.head(), projection.caughtUp]).toEqual([4, false]);
    expect([...scene.told]).toEqual(['PENDING']);
  });
});
