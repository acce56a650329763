/** Arbitrary histories of a queue: likely events of a few users, and events with any content. */
import * as fc from 'fast-check';
import * as fixtures from './concert-queue.fixtures.ts';
import { ConcertQueue } from './concert-queue.ts';
import type { Policy, QueueConfigured, QueueEvent } from './events.generated.ts';
import type { ChangeSet, LogPosition } from './types.ts';

/** Parameters of a property: `FC_RUNS` multiplies the runs, `FC_SEED` changes the histories. */
export const propertyRuns = (count: number) => ({
  numRuns: Math.ceil(count * Number(process.env['FC_RUNS'] ?? 1)),
  seed: Number(process.env['FC_SEED'] ?? 20_261_122),
});

export interface StampedEvent {
  readonly event: QueueEvent;
  readonly position: LogPosition;
}
export interface History {
  readonly first: { readonly event: QueueConfigured; readonly position: LogPosition };
  readonly rest: readonly StampedEvent[];
}

const START = 1_700_000_000_000;
const int = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer());
const long = fc.oneof(fc.integer({ min: -5, max: 50 }), fc.maxSafeInteger());
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'constructor', 'toString', ''));
const user = fc.constantFrom('ann', 'bo', 'cy', 'dee', 'eve', 'fay');
/** An offset in a token or a call: of any age, often later than all others. */
const offset = fc.oneof(fc.nat(120), fc.constant(999));
const time = fc.integer({ min: -10, max: 400 }).map((second) => START + second * 1_000);
const opening = fc.integer({ min: 1, max: 90 }).map((second) => START + second * 1_000);
const farAhead = fc.constant(START * 2);
const seed = fc.constantFrom(fixtures.seed, fixtures.otherSeed, fixtures.seed.toUpperCase());

export const likelyPolicy: fc.Arbitrary<Policy> = fc.record({
  capacity: fc.integer({ min: 1, max: 4 }),
  admissionsPerMinute: fc.constantFrom(1, 30, 60, 6_000),
  claimWindowSeconds: fc.integer({ min: 1, max: 60 }),
  activeWindowSeconds: fc.integer({ min: 1, max: 120 }),
  maximumWaiting: fc.option(fc.integer({ min: 1, max: 5 })),
  minimumBalance: fc.constant(null),
  opensAt: fc.option(opening, { freq: 2 }),
  beforeOpening: fc.constantFrom('reject', 'draw'),
  outcomeRetentionSeconds: fc.integer({ min: 1, max: 90 }),
});
const anyPolicy: fc.Arbitrary<Policy> = fc.record({
  capacity: int,
  admissionsPerMinute: int,
  claimWindowSeconds: int,
  activeWindowSeconds: int,
  maximumWaiting: fc.option(int),
  minimumBalance: fc.option(long),
  opensAt: fc.option(long),
  beforeOpening: fc.constantFrom('reject', 'draw'),
  outcomeRetentionSeconds: int,
});

const configuration = (policy: fc.Arbitrary<Policy>): fc.Arbitrary<QueueConfigured> =>
  fc
    .record({ policy, commits: fc.boolean(), seed: fc.constantFrom(fixtures.seed, fixtures.otherSeed) })
    .map(({ policy: { ...changes }, commits, seed: committed }) =>
      commits
        ? fixtures.configuredWithDraw({ ...changes, beforeOpening: 'draw' }, committed)
        : fixtures.configured(changes),
    );

const notices = [{}, { en: 'Delayed.', ko: '지연' }].map(fixtures.noticePosted);

const likelyEvent: fc.Arbitrary<QueueEvent> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(user, fc.constantFrom('x', 'y', 'z')).map(([who, id]) => fixtures.requestedBy(who, id)),
  },
  { weight: 3, arbitrary: fc.tuple(user, offset).map(([who, token]) => fixtures.leftBy(who, token)) },
  { weight: 8, arbitrary: offset.map(fixtures.admittedUpTo) },
  { weight: 9, arbitrary: fc.tuple(user, offset).map(([who, token]) => fixtures.claimedBy(who, token)) },
  { weight: 6, arbitrary: fc.tuple(user, offset).map(([who, token]) => fixtures.completedBy(who, token)) },
  { weight: 3, arbitrary: fc.oneof(time, farAhead).map((through) => fixtures.timePassed(through / 1_000)) },
  { weight: 3, arbitrary: seed.map(fixtures.drawHeld) },
  { weight: 1, arbitrary: user.map(fixtures.disqualifiedUser) },
  { weight: 2, arbitrary: user.map(fixtures.reinstatedUser) },
  { weight: 1, arbitrary: configuration(likelyPolicy) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(fixtures.paused, fixtures.resumed, fixtures.resumed, fixtures.closed, ...notices),
  },
);
const anyEvent: fc.Arbitrary<QueueEvent> = fc.oneof(
  fc.tuple(text, text).map(([who, id]) => fixtures.requestedBy(who, id)),
  fc.tuple(text, long).map(([who, token]) => fixtures.leftBy(who, token)),
  fc.tuple(text, long).map(([who, token]) => fixtures.claimedBy(who, token)),
  fc.tuple(text, long).map(([who, token]) => fixtures.completedBy(who, token)),
  long.map(fixtures.admittedUpTo),
  long.map((through): QueueEvent => ({ type: 'TimePassed', concertId: '', occurredAt: through, through })),
  text.map(fixtures.drawHeld),
  text.map(fixtures.disqualifiedUser),
  text.map(fixtures.reinstatedUser),
  fc.dictionary(text, text).map(fixtures.noticePosted),
  fc.record({
    type: fc.constant('QueueConfigured'),
    concertId: text,
    occurredAt: long,
    policy: anyPolicy,
    drawNonce: fc.option(text),
    drawCommitment: fc.option(text),
  }),
);

const timestampGap = fc.oneof(
  { weight: 5, arbitrary: fc.nat(3_000) },
  { weight: 1, arbitrary: fc.integer({ min: -50, max: 50_000 }) },
);

/** What happens to an event: it is folded, or skipped as a dead letter if it is a request, or replaced by a redrive of one of these. */
const fate = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ is: 'folded' } as const) },
  { weight: 3, arbitrary: fc.constant({ is: 'skipped' } as const) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('redrive' as const), letter: fc.nat() }) },
);

/** Offsets have gaps, because other concerts share the partition. Timestamps mostly increase. */
const positioned = (event: fc.Arbitrary<QueueEvent>, length: number) =>
  fc.array(fc.record({ event, gap: fc.integer({ min: 1, max: 2 }), elapsed: timestampGap, fate }), {
    maxLength: length,
    size: 'max',
  });

/** Requests from before the first configuration that are skipped as dead letters. */
const earlyLetters = fc.array(
  user.map((who) => fixtures.requestedBy(who, 'early')),
  { maxLength: 2 },
);

function historyOf(
  event: fc.Arbitrary<QueueEvent>,
  begin: fc.Arbitrary<QueueConfigured>,
  length = 90,
): fc.Arbitrary<History> {
  return fc.tuple(earlyLetters, begin, positioned(event, length)).map(([early, first, events]) => {
    const letters = early.map((lost, offset) => ({ event: lost, position: { offset, timestamp: START - 1_000 } }));
    const last = { offset: early.length, timestamp: START };
    const start: History['first'] = { event: first, position: { ...last } };
    const rest: StampedEvent[] = [];
    for (const { event: next, gap, elapsed, fate: decided } of events) {
      last.offset += gap;
      last.timestamp += elapsed;
      const stamped: StampedEvent = { event: next, position: { ...last } };
      if (decided.is === 'skipped' && next.type === 'QueueEntryRequested') letters.push({ ...stamped, event: next });
      else rest.push((decided.is === 'redrive' && redriveOf(letters, decided.letter, last)) || stamped);
    }
    return { first: start, rest };
  });
}

function redriveOf(letters: readonly StampedEvent[], index: number, at: LogPosition): StampedEvent | undefined {
  const letter = letters[index % letters.length];
  return letter && { event: letter.event, position: { ...at, redriveOf: letter.position } };
}

/** Histories that a real queue can have. */
export const likelyHistory = historyOf(likelyEvent, configuration(likelyPolicy));
/** Such histories, mixed with events of any content. */
export const anyHistory = historyOf(
  fc.oneof({ weight: 9, arbitrary: likelyEvent }, { weight: 1, arbitrary: anyEvent }),
  configuration(fc.oneof({ weight: 4, arbitrary: likelyPolicy }, { weight: 1, arbitrary: anyPolicy })),
);
/** Histories of a queue that opens with a draw, with many requests. */
export const drawHistory = historyOf(
  fc.oneof(
    { weight: 4, arbitrary: likelyEvent },
    {
      weight: 4,
      arbitrary: fc.nat(30).map((fan) => fixtures.requestedBy(`fan ${fan}`)),
    },
    { weight: 1, arbitrary: fc.constant(fixtures.drawHeld()) },
  ),
  fc
    .record({
      capacity: fc.integer({ min: 1, max: 3 }),
      opensAt: fc.integer({ min: 10, max: 90 }).map((second) => START + second * 1_000),
      outcomeRetentionSeconds: fc.integer({ min: 60, max: 600 }),
    })
    .map((policy) => fixtures.configuredWithDraw(policy)),
);
/** Histories in which another writer of the log claims that events of any kind are redrives, with positions of other entries. */
export const forgedHistory: fc.Arbitrary<History> = fc
  .tuple(anyHistory, fc.infiniteStream(fc.option(fc.record({ offset: fc.nat(60), timestamp: time }), { freq: 2 })))
  .map(([{ first, rest }, forgeries]) => ({
    first,
    rest: rest.map(({ event, position }) => {
      const { value } = forgeries.next();
      return { event, position: value ? { ...position, redriveOf: value } : position };
    }),
  }));

/** Folds a history. @param inspect called after each event but the first */
export function foldHistory(
  { first, rest }: History,
  inspect: (queue: ConcertQueue, changes: ChangeSet, logged: StampedEvent) => void = () => {},
): ConcertQueue {
  const queue = ConcertQueue.begin(first.event, first.position);
  for (const logged of rest) inspect(queue, queue.apply(logged.event, logged.position), logged);
  return queue;
}
