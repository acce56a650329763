import type { Connection, Entry, Queue } from '../../../clients/typescript/src/index.ts';
import { clock, exactly, roughly } from './durations.ts';
import type { Language, Messages } from './messages.ts';

/** All that the page knows. */
export interface Model {
  readonly words: Messages;
  readonly language: Language;
  readonly concertId: string;
  readonly entry?: Entry | undefined;
  readonly queue?: Queue | undefined;
  readonly connection?: Connection | undefined;
  /** There is no queue of this name. */
  readonly unknown?: boolean;
  /** Something was asked for and is not answered yet. */
  readonly busy?: boolean;
  /** What went wrong last, in words. */
  readonly trouble?: string | undefined;
  /** The most that were ever seen ahead: where the way began. */
  readonly aheadAtFirst?: number | undefined;
  readonly hasShop: boolean;
  /** Milliseconds since 1970 by the server's clock. */
  readonly now: number;
}

type Action = 'enter' | 'claim' | 'shop' | 'complete';

/** All that the page shows. */
export interface View {
  readonly phase: string;
  readonly title: string;
  readonly lead: string;
  readonly label: string;
  readonly number: string;
  readonly sub: string;
  /** 0 to 1: how much of the arc is drawn. */
  readonly progress: number;
  readonly primary?: { readonly action: Action; readonly text: string; readonly disabled?: boolean };
  readonly canLeave?: boolean;
  readonly facts?: readonly (readonly [string, string])[];
  /** 0 waiting, 1 called, 2 buying. */
  readonly step?: number;
  /** Said aloud when it changes (politely, and not too often while it is but a number). */
  readonly spoken?: string;
}

export function viewOf(model: Model): View {
  const { entry, words } = model;
  if (model.unknown) return ended(model, 'unknown', words.unknownTitle, words.unknownLead, false);
  if (!entry) return model.queue ? joining(model, model.queue) : blank();
  switch (entry.state) {
    case 'PENDING':
      return { ...pending(model), canLeave: true, step: 0 };
    case 'REGISTERED':
      return registered(model);
    case 'WAITING':
      return waiting(model, entry);
    case 'READY':
      return called(model, entry);
    case 'ACTIVE':
      return admitted(model, entry);
    case 'COMPLETED':
      return ended(model, 'completed', words.completedTitle, words.completedLead, false);
    case 'EXPIRED':
      return ended(model, 'expired', words.expiredTitle, words.expiredLead);
    case 'LEFT':
      return ended(model, 'left', words.leftTitle, words.leftLead);
    case 'DISQUALIFIED':
      return ended(model, 'disqualified', words.disqualifiedTitle, words.disqualifiedLead, false);
    case 'REJECTED':
      return ended(model, 'rejected', words.rejectedTitle, words.rejected[entry.rejectedBecause ?? 'QUEUE_CLOSED']);
  }
}

const numberIn = (model: Model, n: number): string => n.toLocaleString(model.language);
const untilIn = (model: Model, time: string | undefined): number =>
  time === undefined ? 0 : Math.max(0, (Date.parse(time) - model.now) / 1_000);

function blank(): View {
  return { phase: 'loading', title: '', lead: '', label: '', number: '', sub: '', progress: 0 };
}

function pending({ words }: Model): View {
  const { pendingTitle: title, pendingLead: lead, pendingNumber: number } = words;
  return { phase: 'pending', title, lead, label: '', number, sub: '', progress: 0, spoken: title };
}

function joining(model: Model, queue: Queue): View {
  const { words, busy = false } = model;
  const canDraw = queue.policy.beforeOpening === 'draw';
  const opensIn = untilIn(model, queue.opensAt);
  if (queue.state === 'CLOSED') return ended(model, 'closed', words.closedTitle, words.closedLead, false);
  if (queue.state === 'SCHEDULED') {
    const view = {
      phase: 'scheduled',
      label: words.opensIn,
      number: opensIn > 0 ? clock(opensIn) : words.opening,
      sub: canDraw ? words.registered(numberIn(model, queue.registered)) : '',
      progress: 0,
    };
    const primary = { action: 'enter', text: busy ? words.joining : words.joinDraw, disabled: busy } as const;
    if (canDraw) return { ...view, title: words.joinDrawTitle, lead: words.joinDrawLead, primary };
    return { ...view, title: words.notYetTitle, lead: words.notYetLead, spoken: words.notYetTitle };
  }
  const wait = queue.estimatedWaitSeconds;
  return {
    phase: 'join',
    title: words.joinTitle,
    lead: words.joinLead,
    label: words.waitingNow,
    number: numberIn(model, queue.waiting + queue.registered),
    sub: wait === undefined ? '' : roughly(wait, words),
    progress: 0,
    primary: { action: 'enter', text: busy ? words.joining : words.join, disabled: busy },
    spoken: words.joinTitle,
  };
}

function registered(model: Model): View {
  const { words, queue } = model;
  const opensIn = untilIn(model, queue?.opensAt);
  return {
    phase: 'registered',
    title: words.registeredTitle,
    lead: words.registeredLead,
    label: words.opensIn,
    number: opensIn > 0 ? clock(opensIn) : words.opening,
    sub: queue ? words.registered(numberIn(model, queue.registered)) : '',
    progress: 0,
    canLeave: true,
    step: 0,
    spoken: words.registeredTitle,
  };
}

function waiting(model: Model, { ahead = 0, place, estimatedWaitSeconds }: Entry): View {
  const { words, queue, aheadAtFirst = ahead } = model;
  const wait = estimatedWaitSeconds === undefined ? undefined : roughly(estimatedWaitSeconds, words);
  const isNext = ahead === 0;
  return {
    phase: 'waiting',
    title: isNext ? words.nextTitle : words.waitingTitle,
    lead: isNext ? words.nextLead : words.waitingLead,
    label: words.ahead,
    number: numberIn(model, ahead),
    sub: words.aheadSub(wait),
    progress: 1 - (ahead + 1) / (Math.max(ahead, aheadAtFirst) + 1.5),
    canLeave: true,
    step: 0,
    facts: [
      [words.place, place === undefined ? words.none : numberIn(model, place)],
      [words.pace, queue ? numberIn(model, Math.round(queue.admittedPerMinute)) : words.none],
      [words.queueTotal, queue ? numberIn(model, queue.waiting) : words.none],
    ],
    spoken: words.sayAhead(numberIn(model, ahead), wait),
  };
}

function called(model: Model, { claimBy }: Entry): View {
  const { words, queue, busy = false } = model;
  const left = untilIn(model, claimBy);
  return {
    phase: 'ready',
    title: words.readyTitle,
    lead: words.readyLead,
    label: words.readyLabel,
    number: clock(left),
    sub: '',
    progress: shareOf(left, queue?.policy.claimWindowSeconds),
    primary: { action: 'claim', text: words.enterNow, disabled: busy },
    canLeave: true,
    step: 1,
    spoken: `${words.readyTitle}. ${words.sayLeft(exactly(landmark(left), words))}`,
  };
}

function admitted(model: Model, { activeUntil }: Entry): View {
  const { words, queue, busy = false, hasShop } = model;
  const left = untilIn(model, activeUntil);
  return {
    phase: 'active',
    title: words.activeTitle,
    lead: words.activeLead,
    label: words.activeLabel,
    number: clock(left),
    sub: '',
    progress: shareOf(left, queue?.policy.activeWindowSeconds),
    primary: hasShop
      ? { action: 'shop', text: words.toTheShop, disabled: busy }
      : { action: 'complete', text: words.finished, disabled: busy },
    step: 2,
    spoken: `${words.activeTitle}. ${words.sayLeft(exactly(landmark(left), words))}`,
  };
}

function ended(model: Model, phase: string, title: string, lead: string, again = true): View {
  const { words, busy = false, queue } = model;
  const canAgain = again && queue?.state !== 'CLOSED';
  return {
    phase,
    title,
    lead,
    label: '',
    number: phase === 'completed' ? '✓' : '',
    sub: '',
    progress: phase === 'completed' ? 1 : 0,
    ...(canAgain && { primary: { action: 'enter', text: busy ? words.joining : words.again, disabled: busy } }),
    spoken: title,
  };
}

function shareOf(left: number, whole: number | undefined): number {
  return whole === undefined ? 1 : Math.min(1, left / whole);
}

/** Times worth saying aloud while a window runs out: ever seldomer than every second. */
function landmark(seconds: number): number {
  return [10, 30, 60, 120, 300, 600].find((mark) => seconds <= mark) ?? Math.ceil(seconds / 600) * 600;
}
