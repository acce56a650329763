/** Plays one cell: traffic, the fault at its moment, its end, and the judgement of everything that was said and written. */
import { setTimeout as pause } from 'node:timers/promises';
import { brokenPromises } from '../history/check-history.ts';
import { type Size, sendCrowd } from '../history/crowd.ts';
import type { History, Logged, Outage } from '../history/history.ts';
import { writtenHistory } from '../history/written-history.ts';
import type { Cell, CellResult } from './cell.ts';
import { Scene } from './scene.ts';
import { served } from './served.ts';
import type { Brokers } from './servers.ts';
import { untrueRefusals } from './untrue-refusals.ts';

const CROWD: Size = {
  usersPerConcert: 30,
  forMs: 4_000,
  settleWithinMs: 30_000,
  claimWindowSeconds: 1,
  activeWindowSeconds: 2,
  thinkMs: 400,
  lives: 1_000,
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

export async function runCell(cell: Cell, brokers: Brokers, seed: number): Promise<CellResult> {
  const setting = cell.setting ?? {};
  const scene = await Scene.open(await brokers.of(setting), setting);
  try {
    let course: Course | undefined;
    const { calls, isSettled } = await sendCrowd(scene.door, seed, CROWD, async () => {
      await pause(BEFORE_MS);
      course = await strike(cell, scene);
      await pause(AFTERWARDS_MS);
    });
    if (!course) throw new Error('the fault was never made');
    const { begunAt, endedAt, healedAt } = course;
    const history = await writtenHistory(scene.installation, seed, calls, (log) =>
      outages(cell, log, begunAt, endedAt),
    );
    const failures = [
      ...(isSettled ? [] : ['the rooms were not empty in the end']),
      ...judged(history),
      ...untrueRefusals(history).slice(0, 5),
      ...scene.answers.wrong(cell.breaksApi && { from: begunAt, to: healedAt }),
    ];
    const told = [...scene.answers.during(begunAt, healedAt)].map(([what, count]) => `${count} × ${what}`);
    const seen = [...scene.notes, `answers: ${told.join(', ') || 'none'}`].join('; ');
    const { fault, phase } = cell;
    const [lastedMs, healedMs] = [Math.round(endedAt - begunAt), Math.round(healedAt - endedAt)];
    return { fault, phase, seen, lastedMs, healedMs, failures };
  } finally {
    await scene.close();
    await cell.tidy?.(scene);
  }
}

async function strike(cell: Cell, scene: Scene): Promise<Course> {
  const caught = await Promise.race([
    scene.reach(cell),
    pause(CAUGHT_WITHIN_MS, undefined, { ref: false }).then(() => {
      throw new Error(`nobody was met ${cell.phase} within ${CAUGHT_WITHIN_MS} ms`);
    }),
  ]);
  const begunAt = performance.now();
  await cell.cause(scene, caught);
  await pause(cell.lastsMs ?? LASTS_MS);
  const endedAt = performance.now();
  await cell.heal(scene, caught);
  await served(scene);
  return { begunAt, endedAt, healedAt: performance.now() };
}

function outages({ isDark }: Cell, log: readonly Logged[], begunAt: number, endedAt: number): Outage[] {
  if (!isDark || endedAt - begunAt < SHORTEST_GAP_MS) return [];
  const [from, to] = [begunAt, endedAt].map((at) => Math.ceil(performance.timeOrigin + at));
  const partitions = new Set(log.map(({ partition }) => partition));
  return [...partitions].map((partition) => ({ partition, from: from ?? 0, to: to ?? 0 }));
}

function judged(history: History): string[] {
  return [...brokenPromises(history)].flatMap(([promise, violations]) => violations.map((one) => `${promise}: ${one}`));
}
