import type { Connection, Entry, Queue } from '../../../clients/typescript/src/index.ts';
import { formatClock, formatDuration, formatEstimate, formatNumber } from './durations.ts';
import type { Language } from './languages.ts';
import type { Messages } from './messages/en.ts';

/** State of the page. */
export interface Model {
  readonly messages: Messages;
  readonly language: Language;
  readonly concertId: string;
  readonly entry?: Entry | undefined;
  readonly queue?: Queue | undefined;
  readonly connection?: Connection | undefined;
  /** There is no queue with this name. */
  readonly unknown?: boolean;
  /** This browser has an entry token. Its holder is never offered to join. */
  readonly hasToken?: boolean;
  /** Nothing has arrived for some seconds. */
  readonly isSlow?: boolean;
  /** The address of the page with the place in it, if the browser does not store the place. */
  readonly addressWithPlace?: string | undefined;
  readonly isCopied?: boolean;
  /** The waiting room has rejected a token, of which there is a copy. */
  readonly canRestore?: boolean;
  /** A request is in progress. */
  readonly busy?: boolean;
  /** Message of the last error. */
  readonly error?: string | undefined;
  /** Maximum of entries ahead so far; the start of the progress arc. */
  readonly aheadAtFirst?: number | undefined;
  readonly hasShop: boolean;
  /** Milliseconds since 1970 by the server's clock. */
  readonly now: number;
}

export type Action = 'enter' | 'claim' | 'shop' | 'complete';

/** Content of the page. */
export interface View {
  readonly phase: string;
  readonly title: string;
  readonly lead: string;
  readonly label: string;
  readonly number: string;
  readonly sub: string;
  /** Filled share of the arc, 0 to 1. */
  readonly progress: number;
  readonly primary?: { readonly action: Action; readonly text: string; readonly disabled?: boolean };
  readonly canLeave?: boolean;
  readonly facts?: readonly (readonly [string, string])[];
  /** 0 waiting, 1 called, 2 buying. */
  readonly step?: number;
  /** Announced to screen readers when it changes. */
  readonly announcement?: string;
}

export function viewOf(model: Model): View {
  const { entry, messages } = model;
  if (!entry && model.hasToken) return inProgress('checking', messages.checkingTitle, messages.checkingLead);
  if (!entry && model.unknown) return ended(model, 'unknown', messages.unknownTitle, messages.unknownLead, false);
  if (!entry && model.queue) return joining(model, model.queue);
  if (!entry)
    return inProgress('loading', messages.pendingNumber, model.isSlow ? messages.slowLead : messages.loadingLead);
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
      return ended(model, 'completed', messages.completedTitle, messages.completedLead, false);
    case 'EXPIRED':
      return ended(model, 'expired', messages.expiredTitle, messages.expiredLead);
    case 'LEFT':
      return ended(model, 'left', messages.leftTitle, messages.leftLead);
    case 'DISQUALIFIED':
      return ended(model, 'disqualified', messages.disqualifiedTitle, messages.disqualifiedLead, false);
    case 'REJECTED':
      return ended(
        model,
        'rejected',
        messages.rejectedTitle,
        messages.rejected[entry.rejectedBecause ?? 'QUEUE_CLOSED'],
      );
  }
}

const numberIn = (model: Model, n: number): string => formatNumber(n, model.language);
const untilIn = (model: Model, time: string | undefined): number =>
  time === undefined ? 0 : Math.max(0, (Date.parse(time) - model.now) / 1_000);

function inProgress(phase: string, title: string, lead: string): View {
  return { phase, title, lead, label: '', number: '', sub: '', progress: 0, announcement: lead };
}

function pending({ messages }: Model): View {
  const { pendingTitle: title, pendingLead: lead, pendingNumber: number } = messages;
  return { phase: 'pending', title, lead, label: '', number, sub: '', progress: 0, announcement: title };
}

function joining(model: Model, queue: Queue): View {
  const { messages, busy = false } = model;
  const canDraw = queue.policy.beforeOpening === 'draw';
  const opensIn = untilIn(model, queue.opensAt);
  if (queue.state === 'CLOSED') return ended(model, 'closed', messages.closedTitle, messages.closedLead, false);
  if (queue.state === 'SCHEDULED') {
    const view = {
      phase: 'scheduled',
      label: messages.opensIn,
      number: opensIn > 0 ? formatClock(opensIn) : messages.opening,
      sub: canDraw ? messages.registered(numberIn(model, queue.registered)) : '',
      progress: 0,
    };
    const primary = { action: 'enter', text: busy ? messages.joining : messages.joinDraw, disabled: busy } as const;
    if (canDraw) return { ...view, title: messages.joinDrawTitle, lead: messages.joinDrawLead, primary };
    return { ...view, title: messages.notYetTitle, lead: messages.notYetLead, announcement: messages.notYetTitle };
  }
  const wait = queue.estimatedWaitSeconds;
  return {
    phase: 'join',
    title: messages.joinTitle,
    lead: messages.joinLead,
    label: messages.waitingNow,
    number: numberIn(model, queue.waiting + queue.registered),
    sub: wait === undefined ? '' : formatEstimate(wait, messages, model.language),
    progress: 0,
    primary: { action: 'enter', text: busy ? messages.joining : messages.join, disabled: busy },
    announcement: messages.joinTitle,
  };
}

function registered(model: Model): View {
  const { messages, queue } = model;
  const opensIn = untilIn(model, queue?.opensAt);
  return {
    phase: 'registered',
    title: messages.registeredTitle,
    lead: messages.registeredLead,
    label: messages.opensIn,
    number: opensIn > 0 ? formatClock(opensIn) : messages.opening,
    sub: queue ? messages.registered(numberIn(model, queue.registered)) : '',
    progress: 0,
    canLeave: true,
    step: 0,
    announcement: messages.registeredTitle,
  };
}

function waiting(model: Model, { ahead = 0, place, estimatedWaitSeconds }: Entry): View {
  const { messages, queue, language, aheadAtFirst = ahead } = model;
  const wait =
    estimatedWaitSeconds === undefined ? undefined : formatEstimate(estimatedWaitSeconds, messages, language);
  const isNext = ahead === 0;
  return {
    phase: 'waiting',
    title: isNext ? messages.nextTitle : messages.waitingTitle,
    lead:
      model.addressWithPlace !== undefined ? messages.notSavedLead : isNext ? messages.nextLead : messages.waitingLead,
    label: messages.ahead,
    number: numberIn(model, ahead),
    sub: messages.aheadSub(wait),
    progress: 1 - (ahead + 1) / (Math.max(ahead, aheadAtFirst) + 1.5),
    canLeave: true,
    step: 0,
    facts: [
      ...(place === undefined ? [] : [[messages.place, numberIn(model, place)] as const]),
      ...(queue?.state === 'OPEN'
        ? [[messages.pace, numberIn(model, Math.round(queue.admittedPerMinute))] as const]
        : []),
    ],
    announcement: messages.aheadAnnouncement(numberIn(model, ahead), wait),
  };
}

function called(model: Model, { claimBy }: Entry): View {
  const { messages, queue, busy = false } = model;
  const left = untilIn(model, claimBy);
  return {
    phase: 'ready',
    title: left > 0 ? messages.readyTitle : messages.timeUpTitle,
    lead: left > 0 ? messages.readyLead : messages.timeUpLead,
    label: messages.readyLabel,
    number: formatClock(left),
    sub: '',
    progress: shareOf(left, queue?.policy.claimWindowSeconds),
    primary: { action: 'claim', text: messages.enterNow, disabled: busy },
    canLeave: true,
    step: 1,
    announcement: left > 0 ? timeLeft(model, messages.readyTitle, left) : messages.timeUpTitle,
  };
}

function admitted(model: Model, { activeUntil }: Entry): View {
  const { messages, queue, busy = false, hasShop } = model;
  const left = untilIn(model, activeUntil);
  return {
    phase: 'active',
    title: left > 0 ? messages.activeTitle : messages.timeUpTitle,
    lead: left > 0 ? messages.activeLead : messages.activeUpLead,
    label: messages.activeLabel,
    number: formatClock(left),
    sub: '',
    progress: shareOf(left, queue?.policy.activeWindowSeconds),
    primary: hasShop
      ? { action: 'shop', text: messages.toTheShop, disabled: busy }
      : { action: 'complete', text: messages.finished, disabled: busy },
    step: 2,
    announcement: left > 0 ? timeLeft(model, messages.activeTitle, left) : messages.timeUpTitle,
  };
}

function ended(model: Model, phase: string, title: string, lead: string, again = true): View {
  const { messages, busy = false, queue } = model;
  const canAgain = again && queue?.state !== 'CLOSED';
  return {
    phase,
    title,
    lead,
    label: '',
    number: phase === 'completed' ? '✓' : '',
    sub: '',
    progress: phase === 'completed' ? 1 : 0,
    ...(canAgain && { primary: { action: 'enter', text: busy ? messages.joining : messages.again, disabled: busy } }),
    announcement: title,
  };
}

function timeLeft({ messages, language }: Model, title: string, left: number): string {
  return `${title}. ${messages.timeLeftAnnouncement(formatDuration(left, language))}`;
}

function shareOf(left: number, whole: number | undefined): number {
  return whole === undefined ? 1 : Math.min(1, left / whole);
}
