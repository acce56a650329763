/** Plays one cell: traffic, the fault at its moment, its end, and the judgement of everything that was said and written. */
import { setTimeout as pause } from 'node:timers/promises';
import { brokenPromises } from '../history/check-history.ts';
import { writtenHistory } from '../history/checked-history.ts';
import type { History, Outage } from '../history/history.ts';
import { type Size, sendCrowd } from '../history/simulated-users.ts';
import { untrueRefusals } from './false-rejections.ts';
import type { Cell, CellResult, Ordeal } from './fault-case.ts';
import { Scene } from './fault-environment.ts';
import { QuietPlace } from './idle-concert.ts';
import { served } from './recovery-probe.ts';
import type { Brokers } from './servers.ts';

const CROWD: Size = {
  usersPerConcert: 30,
  forMs: 4_000,
  settleWithinMs: 30_000,
  claimWindowSeconds: 1,
  activeWindowSeconds: 2,
  thinkMs: 400,
  entries: 1_000,
};
const BEFORE_MS = 1_500;
const AFTERWARDS_MS = 1_500;
const CAUGHT_WITHIN_MS = 20_000;
const LASTS_MS = 3_000;
/** A shorter time is none in which nobody could be told: the owner says that it lives every 400 ms, and a gap is over a second. */
const SHORTEST_GAP_MS = 1_500;

/** Monotonic milliseconds. */
interface Course {
  readonly begunAt: number;
  readonly endedAt: number;
  readonly healedAt: number;
}

export async function runCell(cell: Cell | Ordeal, brokers: Brokers, seed: number): Promise<CellResult> {
  const setting = cell.setting ?? {};
  await using scene = await Scene.open(await brokers.of(setting), setting);
  return 'play' in cell ? await endured(cell, scene) : await judged(cell, scene, seed);
}

async function endured({ fault, phase, play }: Ordeal, scene: Scene): Promise<CellResult> {
  const from = performance.now();
  const failures = await play(scene).then(
    () => [],
    (error: unknown) => [String(error)],
  );
  const lastedMs = Math.round(performance.now() - from);
  return { fault, phase, seen: scene.notes.join('; '), lastedMs, healedMs: null, failures };
}

async function judged(cell: Cell, scene: Scene, seed: number): Promise<CellResult> {
  let course: Course | undefined;
  const quiet = await QuietPlace.take(scene);
  const { calls: ofCrowd, isSettled } = await sendCrowd(scene.door, seed, { ...CROWD, ...cell.crowd }, async () => {
    await pause(BEFORE_MS);
    course = await strike(cell, scene);
    await pause(AFTERWARDS_MS);
  });
  if (!course) throw new Error('the fault was never made');
  const { begunAt, endedAt, healedAt } = course;
  const losses = await quiet.losses();
  const calls = [...ofCrowd, ...scene.guestbook.calls];
  const outages = outagesOf(cell, scene, begunAt, endedAt);
  const history = await writtenHistory(scene.installation, { seed, calls, outages, before: scene.formerLog });
  const failures = [
    ...(isSettled ? [] : ['the rooms were not empty in the end']),
    ...[scene.api, scene.projector].flatMap(({ alive, complaints }) => (alive ? [] : [`ended: ${complaints}`])),
    ...losses,
    ...promisesBrokenIn(history),
    ...untrueRefusals(history).slice(0, 5),
    ...scene.answers.wrong(cell.breaksApi && { from: begunAt, to: healedAt }),
  ];
  await cell.afterwards?.(scene).catch((error: unknown) => failures.push(String(error)));
  const told = [...scene.answers.during(begunAt, healedAt)].map(([what, count]) => `${count} × ${what}`);
  const seen = [...scene.notes, `answers: ${told.join(', ') || 'none'}`].join('; ');
  const { fault, phase } = cell;
  const [lastedMs, healedMs] = [Math.round(endedAt - begunAt), Math.round(healedAt - endedAt)];
  return { fault, phase, seen, lastedMs, healedMs, failures };
}

async function strike(cell: Cell, scene: Scene): Promise<Course> {
  const caught = await Promise.race([
    scene.reach(cell),
    pause(CAUGHT_WITHIN_MS, undefined, { ref: false }).then(() => {
      throw new Error(`nobody was met ${cell.phase} within ${CAUGHT_WITHIN_MS} ms`);
    }),
  ]);
  scene.strikes();
  await cell.cause(scene, caught);
  const begunAt = scene.struckAt ?? 0;
  await pause(cell.lastsMs ?? LASTS_MS);
  const endedAt = performance.now();
  await cell.heal(scene, caught);
  await served(scene);
  return { begunAt, endedAt, healedAt: performance.now() };
}

function outagesOf({ isDark }: Cell, { installation }: Scene, begunAt: number, endedAt: number): readonly Outage[] {
  if (!isDark || endedAt - begunAt < SHORTEST_GAP_MS) return [];
  const [from = 0, to = 0] = [begunAt, endedAt].map((at) => Math.ceil(performance.timeOrigin + at));
  const all = Array.from({ length: installation.partitions }, (_, partition) => partition);
  const dark = isDark === true ? all : [installation.partitionOf(isDark)];
  return dark.map((partition) => ({ partition, from, to }));
}

function promisesBrokenIn(history: History): string[] {
  return [...brokenPromises(history)].flatMap(([promise, violations]) => violations.map((one) => `${promise}: ${one}`));
}
