import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { configured } from '../../domain/concert-queue.fixtures.ts';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import type { QueueEntryRequested } from '../../domain/events.generated.ts';
import type { EventLog, Receipt } from './event-log.port.ts';
import type { LogReader } from './log-reader.port.ts';
import type { LogRecord } from './log-subscription.port.ts';

/** One log, open for appending, and an onlooker. */
export interface LogUnderTest {
  readonly log: EventLog;
  readonly reader: LogReader;
  /** Appends it through a client of its own, which dies when the log has taken it and before it hears so. */
  crash(event: QueueEntryRequested): Promise<void>;
  /** Takes nothing more, and writes what is waiting. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** What every log does, whatever it is kept in; each adapter's test calls it with its own. */
export function eventLogSuite(open: () => Promise<LogUnderTest>): void {
  let bed: LogUnderTest;
  beforeAll(async () => {
    bed = await open();
  });
  afterAll(() => bed.close());

  test('gives each event its own receipt in the order of the calls, and timestamps that never decrease', async () => {
    const requested = Array.from({ length: 1_000 }, (_, n) => asks(`user-${n}`, `concert-${n % 5}`));
    const receipts = await Promise.all(requested.map((event) => bed.log.append(event)));
    const last = new Map<string, { offset: number; timestamp: number }>();
    for (const [n, { concertId, userId }] of requested.entries()) {
      const { topic, partition, offset, timestamp } = receipts[n] ?? never();
      expect({ topic, partition }).toEqual({ topic: bed.log.topic, partition: bed.log.partitionOf(concertId) });
      const before = last.get(concertId) ?? { offset: -1, timestamp: 1 };
      expect(offset).toBeGreaterThan(before.offset);
      expect(timestamp).toBeGreaterThanOrEqual(before.timestamp);
      last.set(concertId, { offset, timestamp });
      const [record] = n % 100 === 0 ? await read(partition, offset, offset + 1) : [undefined];
      if (record)
        expect(record).toMatchObject({ partition, offset, timestamp, key: Buffer.from(`${userId}:${concertId}`) });
    }
  });

  test('is read from any offset without a gap, each record with its timestamp', async () => {
    const { partition, offset } = await fill('any-offset', 300);
    for (const from of [0, 1, offset - 250, offset]) {
      const records = await read(partition, from, offset + 1);
      expect(records.map((record) => record.offset)).toEqual(
        Array.from({ length: offset + 1 - from }, (_, n) => from + n),
      );
      expect(records.every(({ timestamp }, n) => timestamp >= (records[n - 1]?.timestamp ?? 1))).toBe(true);
    }
    expect(await read(partition, offset + 1, offset + 1)).toEqual([]);
  });

  test('ends after the last receipt', async () => {
    const { partition, offset } = await fill('ends', 3);
    expect(await bed.log.endOffset(partition)).toBe(offset + 1);
    expect((await bed.reader.ends([partition])).get(partition)).toBe(offset + 1);
    expect((await bed.reader.starts([partition])).get(partition)).toBe(0);
  });

  test('holds the event of a client that died before the response once; a repeat keeps the earlier place', async () => {
    const opening = { ...configured(), concertId: 'crash' };
    const opened = await bed.log.append(opening);
    const ann = asks('ann', 'crash');
    await bed.crash(ann);
    const again = await bed.log.append(ann);
    const records = await read(again.partition, opened.offset + 1, again.offset + 1);
    const copies = records.filter(({ key }) => key?.toString() === 'ann:crash');
    expect(copies.map(({ offset }) => offset)).toEqual([opened.offset + 1, again.offset]);
    expect(copies[0]?.value).toEqual(copies[1]?.value);
    const queue = ConcertQueue.begin(opening, opened);
    for (const copy of copies) queue.apply(ann, copy);
    expect(queue.entryOf('ann')).toMatchObject({ offset: opened.offset + 1, place: opened.offset + 1 });
  });

  test('writes pending events when it is stopped, and rejects new ones', async () => {
    const waiting = bed.log.append(asks('last', 'stopped'));
    await bed.stop();
    const { partition, offset } = await waiting;
    expect((await read(partition, offset, offset + 1))[0]?.key?.toString()).toBe('last:stopped');
    await expect(bed.log.append(asks('late', 'stopped'))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  });

  /** @returns the last receipt */
  async function fill(concertId: string, many: number): Promise<Receipt> {
    const events = Array.from({ length: many }, (_, n) => asks(`user-${n}`, concertId));
    const receipts = await Promise.all(events.map((event) => bed.log.append(event)));
    return receipts.at(-1) ?? never();
  }

  async function read(partition: number, from: number, to: number): Promise<readonly LogRecord[]> {
    const records: LogRecord[] = [];
    for await (const piece of bed.reader.read(partition, from, to)) records.push(...piece);
    return records;
  }
}

function asks(userId: string, concertId: string): QueueEntryRequested {
  return { type: 'QueueEntryRequested', concertId, userId, entryId: userId, occurredAt: 0 };
}

function never(): never {
  throw new Error('as many receipts as events');
}
