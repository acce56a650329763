/** Far more people than are let in, who do not wait for answers. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setInterval as every } from 'node:timers/promises';
import { run } from '../../../tools/load/load.ts';
import type { LoadSeen } from '../../../tools/load/plan.ts';
import { residentBytes } from '../../../tools/load/resident-bytes.ts';
import { granted } from '../../support/api.ts';
import { expectStoredEqualsFold } from '../../support/stored-state.ts';
import type { Cell } from '../fault-case.ts';
import type { Scene } from '../fault-environment.ts';

/** So that generator and refusals fit beside it on two cores. */
const LIMIT = 1_000;
const OFFERED = 3 * LIMIT;
const SECONDS = Number(process.env['OVERLOAD_SECONDS'] ?? 60);
const CONCERTS = 2;
/** Enough for all that are under way, slow as the accepted may be. */
const CONNECTIONS = 1_024;
const REFUSED_WITHIN_MS = 100;
const BACK_WITHIN_MS = 5_000;
/** What the API may hold more in the second half of the load than in the first; a backlog of refusals would be far more. */
const MAY_GROW_BYTES = 64e6;
const MB = 1e6;
const loads = new WeakMap<Scene, Promise<Overload>>();

interface Overload {
  readonly seen: LoadSeen;
  /** Resident bytes of the API: the most in each half of the load. */
  readonly bytes: readonly [number, number];
}

export const OVERLOADS: readonly Cell[] = [
  {
    fault: `overload: ${OFFERED / LIMIT} times ACCEPT_LIMIT_PER_SECOND=${LIMIT} for ${SECONDS} s`,
    phase: 'under way',
    setting: { api: { ACCEPT_LIMIT_PER_SECOND: `${LIMIT}` } },
    lastsMs: 0,
    cause: async (scene) => {
      for (let concert = 0; concert < CONCERTS; concert++) granted(await scene.door.api.configure(`crush-${concert}`));
      scene.strikes();
      const load = overloaded(scene);
      loads.set(scene, load);
      await load;
    },
    heal: async (scene) => {
      const from = performance.now();
      for (let second = 0; ; second++) {
        const { refused, broken } = await send(scene, { name: `after-${second}`, rate: LIMIT / 2, seconds: 1 });
        const tookMs = Math.round(performance.now() - from);
        if (tookMs > BACK_WITHIN_MS) throw new Error(`after ${tookMs} ms still ${refused} refused, ${broken} broken`);
        if (refused + broken > 0) continue;
        scene.notes.push(`half the limit was accepted completely for one second, ${tookMs} ms after the load`);
        return;
      }
    },
    afterwards: async (scene) => {
      const load = await loads.get(scene);
      if (!load) throw new Error('there was no load');
      expectHonest(load, scene);
      const kept = await takenInOnce(scene);
      scene.notes.push(`${kept} accepted entries are in the log at their receipts, once each`);
    },
  },
];

async function overloaded(scene: Scene): Promise<Overload> {
  const samples: number[] = [];
  const stop = new AbortController();
  const sampling = (async () => {
    for await (const _ of every(250, undefined, { signal: stop.signal })) {
      if (scene.api.pid !== undefined) samples.push(residentBytes(scene.api.pid));
    }
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const seen = await send(scene, { name: 'crush', rate: OFFERED, seconds: SECONDS }).finally(() => stop.abort());
  await sampling;
  const half = Math.floor(samples.length / 2);
  return { seen, bytes: [Math.max(...samples.slice(0, half)), Math.max(...samples.slice(half))] };
}

function send(
  scene: Scene,
  { name, rate, seconds }: { readonly name: string; readonly rate: number; readonly seconds: number },
): Promise<LoadSeen> {
  return run({
    address: scene.api.url,
    connections: CONNECTIONS,
    seconds,
    rate,
    ask: { kind: 'entries', userPrefix: name, concertPrefix: 'crush-', concerts: CONCERTS },
    acceptedFile: acceptedFile(scene, name),
  });
}

function acceptedFile({ installation }: Scene, name: string): string {
  return join(installation.directory, `${name}.accepted`);
}

/** The excess was refused at once, and told when to come again; nobody else was; and what was refused is not held. */
function expectHonest({ seen, bytes }: Overload, { notes }: Scene): void {
  const { statuses, refused, retryAfter, broken, refusals, seconds, p50, p99 } = seen;
  const acceptedPerSecond = Math.round((statuses[202] ?? 0) / seconds);
  const [before, after] = bytes.map((one) => Math.round(one / MB));
  notes.push(
    `${acceptedPerSecond} a second accepted (median ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms)`,
    `${refused} refused (median ${refusals?.p50.toFixed(1)} ms, p99 ${refusals?.p99.toFixed(0)} ms)`,
    `API resident: ${before} MB in the first half, ${after} MB in the second`,
  );
  const wrong = [
    ...(refusals && refusals.p50 <= REFUSED_WITHIN_MS ? [] : [`half the refusals took over ${REFUSED_WITHIN_MS} ms`]),
    ...(broken > 0 ? [`${broken} were not answered`] : []),
    ...(refused === retryAfter && refused > 0 ? [] : [`of ${refused} refused ${retryAfter} were told when to come`]),
    ...(Math.abs(acceptedPerSecond - LIMIT) <= LIMIT / 5 ? [] : [`${acceptedPerSecond} a second were accepted`]),
    ...(bytes[1] - bytes[0] <= MAY_GROW_BYTES ? [] : ['the API holds more and more']),
  ];
  if (wrong.length > 0) throw new Error(wrong.join('; '));
}

/** P1 and P6 of everyone who was let in; those of the crowd are judged by the history checker. @returns how many */
async function takenInOnce(scene: Scene): Promise<number> {
  const events = await expectStoredEqualsFold(scene.installation, 60_000);
  const at = new Map(events.map((one) => [`${one.record.partition}/${one.record.offset}`, one.event]));
  const tokens = (await readFile(acceptedFile(scene, 'crush'), 'utf8')).split('\n');
  const receipts = new Set<string>();
  for (const token of tokens) {
    const { sub, cid, prt, off } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const event = at.get(`${prt}/${off}`);
    const isThere = event?.type === 'QueueEntryRequested' && event.userId === sub && event.concertId === cid;
    if (!isThere) throw new Error(`P1: ${sub} of ${cid} was promised ${prt}/${off}: ${JSON.stringify(event)}`);
    receipts.add(`${prt}/${off}`);
  }
  if (receipts.size !== tokens.length) throw new Error('P1: a receipt was given twice');
  return receipts.size;
}
