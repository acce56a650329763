import type { DeadLetters } from '../../../src/application/ports/dead-letters.port.ts';
import type { LogRecord } from '../../../src/application/ports/log-feed.port.ts';

export class MemoryDeadLetters implements DeadLetters {
  readonly letters: LogRecord[] = [];

  add(record: LogRecord): Promise<void> {
    this.letters.push(record);
    return Promise.resolve();
  }

  of(partition: number): Promise<ReadonlyMap<number, number>> {
    const ours = this.letters.filter((letter) => letter.partition === partition);
    return Promise.resolve(new Map(ours.map(({ offset, stamp }) => [offset, stamp])));
  }
}
