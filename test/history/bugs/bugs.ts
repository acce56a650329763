/** Bugs that break one promise each, injected into the real code. The history checker must find every one of them. */
import type { Advance } from '../../../src/application/ports/queue-view.port.ts';
import type { QueueEvent } from '../../../src/domain/events.generated.ts';
import type { EntryChange } from '../../../src/domain/types.ts';
import { type Bug, replace } from './injection-points.ts';

export const BUGS: Readonly<Record<string, Bug>> = {
  'the place is the number of waiting users instead of the receipt': {
    breaks: 'P2',
    seed: ({ writer }) => {
      const scored = <T extends Pick<Advance, 'changes' | 'attributes'>>(step: T): T => {
        const place = step.attributes.counts.waiting;
        const score = (change: EntryChange): EntryChange =>
          change.state === 'WAITING' ? { ...change, place } : change;
        return { ...step, changes: step.changes.map(score) };
      };
      replace(
        writer,
        'advance',
        (original) =>
          function (this: typeof writer, step) {
            return original.call(this, scored(step));
          },
      );
    },
  },

  'the capacity is off by one': {
    breaks: 'P4',
    seed: ({ state }) => {
      const admitted = Object.getOwnPropertyDescriptor(state, 'called')?.get;
      Object.defineProperty(state, 'called', {
        configurable: true,
        get() {
          return Number(admitted?.call(this)) - 1;
        },
      });
    },
  },

  'an event is skipped': {
    breaks: 'P1',
    seed: ({ queue }) => {
      replace(
        queue,
        'apply',
        (original) =>
          function (this: typeof queue, event, at) {
            const isSkipped = event.type === 'QueueEntryRequested' && at.offset % 7 === 0;
            const nothing: QueueEvent = { ...event, type: 'UserReinstated', userId: 'nobody' };
            return original.call(this, isSkipped ? nothing : event, at);
          },
      );
    },
  },

  'a request is applied again after its user has left': {
    breaks: 'P1',
    seed: ({ queue }) => {
      const left: QueueEvent[] = [];
      replace(
        queue,
        'apply',
        (original) =>
          function (this: typeof queue, event, at) {
            if (event.type === 'QueueEntryLeft') {
              const entryId = `${event.userId} again`;
              left.push({ ...event, type: 'QueueEntryRequested', entryId });
            }
            const isNext = event.type === 'TimePassed' && left[0]?.concertId === event.concertId;
            return original.call(this, (isNext && left.shift()) || event, at);
          },
      );
    },
  },

  'a user overtakes others': {
    breaks: 'P2',
    seed: ({ queue, waiting }) => {
      replace(
        waiting,
        'inOrder',
        (original) =>
          function (this: typeof waiting) {
            const overtakes = ({ offset }: { offset: number }) => Number(offset % 4 === 0);
            return [...original.call(this)].toSorted((a, b) => overtakes(b) - overtakes(a)).values();
          },
      );
      replace(
        queue,
        'apply',
        (original) =>
          function (this: typeof queue, event, at) {
            const through = Number.MAX_SAFE_INTEGER;
            return original.call(this, event.type === 'EntriesAdmitted' ? { ...event, through } : event, at);
          },
      );
    },
  },

  'a user who does not complete keeps the slot': {
    breaks: 'P7',
    seed: ({ entries }) => {
      replace(
        entries,
        'expiredBy',
        (original) =>
          function (this: typeof entries, through, limit) {
            return original.call(this, through, limit).filter(({ state }) => state === 'READY');
          },
      );
      replace(
        entries,
        'nextDeadline',
        () =>
          function (this: typeof entries) {
            return Math.min(Number.POSITIVE_INFINITY, ...[...this.ready.values()].map(({ claimBy }) => claimBy));
          },
      );
    },
  },

  'an admission token stays valid until it expires, whatever its entry does': {
    breaks: 'P3',
    seed: ({ verifyAdmission }) => replace(verifyAdmission, 'execute', () => () => Promise.resolve()),
  },

  'the head is not advanced': {
    breaks: 'P1',
    leaves: 'is at \\d+, recorded is \\d+',
    seed: ({ writer }) => {
      replace(
        writer,
        'advance',
        (original) =>
          async function (this: typeof writer, step) {
            const { is } = await original.call(this, { ...step, to: step.from + 0.5 });
            await original.call(this, { ...step, from: step.from + 0.5, to: step.from, changes: [] });
            return is === 'applied' ? { is } : original.call(this, step);
          },
      );
    },
  },

  'the position is counted from the back': {
    breaks: 'P5',
    seed: ({ reader }) => {
      replace(
        reader,
        'entry',
        (original) =>
          async function (this: typeof reader, concertId, userId) {
            const seen = await original.call(this, concertId, userId);
            return seen?.rank === undefined ? seen : { ...seen, rank: seen.attributes.counts.waiting - 1 - seen.rank };
          },
      );
    },
  },

  'a request is acknowledged but never written': {
    breaks: 'P1',
    seed: ({ log }) => {
      replace(
        log,
        'append',
        (original) =>
          async function (this: typeof log, event, urgency) {
            if (event.type !== 'QueueEntryLeft') return original.call(this, event, urgency);
            const partition = this.partitionOf(event.concertId);
            const offset = await this.endOffset(partition);
            return { topic: 'queue.entry', partition, offset, timestamp: Date.now() };
          },
      );
    },
  },

  'an entry expires too early': {
    breaks: 'P7',
    seed: ({ entries }) => {
      replace(
        entries,
        'expiredBy',
        (original) =>
          function (this: typeof entries, through, limit) {
            return original.call(this, through + 400, limit);
          },
      );
    },
  },

  'the change of an expired entry is not written to the view': {
    breaks: 'P6',
    seed: ({ writer }) => {
      const isLost = ({ state }: EntryChange): boolean => state === 'EXPIRED';
      replace(
        writer,
        'advance',
        (original) =>
          function (this: typeof writer, step) {
            return original.call(this, { ...step, changes: step.changes.filter((change) => !isLost(change)) });
          },
      );
    },
  },

  'an unreadable record is skipped without a dead letter': {
    breaks: 'P8',
    seed: ({ deadLetters }) => replace(deadLetters, 'add', () => () => Promise.resolve()),
  },
};
