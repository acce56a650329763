/** For `node --import`: injects the bug that SEEDED_BUG names into the built server before it starts. */
import 'reflect-metadata';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BUGS } from './bugs.ts';
import type { InjectionPoints } from './injection-points.ts';

const DIST = join(import.meta.dirname, '..', '..', '..', 'dist');

/** The prototype of a class of the built server. */
async function prototypeOf<T>(file: string, name: string): Promise<T> {
  const module: Record<string, { prototype: T } | undefined> = await import(pathToFileURL(join(DIST, file)).href);
  const found = module[name]?.prototype;
  if (!found) throw new Error(`${file} has no ${name}`);
  return found;
}

const points: InjectionPoints = {
  queue: await prototypeOf('domain/concert-queue.js', 'ConcertQueue'),
  state: await prototypeOf('domain/queue-state.js', 'QueueState'),
  entries: await prototypeOf('domain/entries.js', 'EntryIndex'),
  waiting: await prototypeOf('domain/waiting-entries.js', 'WaitingEntries'),
  verifyAdmission: await prototypeOf('application/queries/verify-admission.handler.js', 'VerifyAdmissionHandler'),
  log: await prototypeOf('infrastructure/driven/kafka/kafka-event-log.js', 'KafkaEventLog'),
  writer: await prototypeOf('infrastructure/driven/redis/redis-queue-view-writer.js', 'RedisQueueViewWriter'),
  reader: await prototypeOf('infrastructure/driven/redis/redis-queue-view-reader.js', 'RedisQueueViewReader'),
  deadLetters: await prototypeOf('infrastructure/driven/kafka/kafka-dead-letters.js', 'KafkaDeadLetters'),
};
const bug = BUGS[process.env['SEEDED_BUG'] ?? ''];
if (!bug) throw new Error(`There is no bug named ${process.env['SEEDED_BUG']}`);
bug.seed(points);
