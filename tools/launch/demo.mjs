// The demo concert of `npm start`: opened through the API, like any other.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PROJECT } from './run.mjs';

const CONCERT = 'demo';
const POLICY = { capacity: 10, admissionsPerMinute: 60, claimWindowSeconds: 60, activeWindowSeconds: 300 };

/** Opens the demo concert with the configuration of an earlier run, if any, and waits until its queue is open, at most `withinMs`. */
export async function openDemoConcert(address, env, withinMs = 60_000) {
  const queue = `${address}/v1/concerts/${CONCERT}/queue`;
  const authorization = `Bearer ${adminToken(env)}`;
  const deadline = Date.now() + withinMs;
  const before = await until(queue, deadline, ({ status }) => status === 200 || status === 404);
  if (before.status === 404 || before.state === 'SCHEDULED') {
    const headers = { authorization, 'content-type': 'application/json' };
    const configured = await fetch(queue, { method: 'PUT', headers, body: JSON.stringify(POLICY) });
    if (!configured.ok) throw new Error(`The demo concert was refused: ${await configured.text()}`);
  }
  if (before.state === 'OPEN') return;
  // Of an earlier run it may be paused or closed.
  const resumed = await fetch(`${queue}/resume`, { method: 'POST', headers: { authorization } });
  if (!resumed.ok) throw new Error(`The demo concert could not be resumed: ${await resumed.text()}`);
  await until(queue, deadline, ({ state }) => state === 'OPEN');
}

/** Looks at the queue until it is as it should be. */
async function until(queue, deadline, isSo) {
  for (;;) {
    const shown = await fetch(queue);
    const text = await shown.text();
    const looked = { status: shown.status, state: shown.ok ? JSON.parse(text).state : undefined };
    if (isSo(looked)) return looked;
    if (Date.now() > deadline) throw new Error(`The demo concert did not open in time. The last answer: ${text}`);
    await pause(200);
  }
}

/** Three lines to paste into another terminal. */
export function linesToTry(address) {
  const queue = `${address}/v1/concerts/${CONCERT}/queue`;
  return [
    `TOKEN=$(curl -s -X POST ${queue}/entries -H 'content-type: application/json' -d '{"userId":"ann"}' | tee /dev/stderr | sed -E 's/.*"entryToken":"([^"]+)".*/\\1/')`,
    `curl -s ${queue}`,
    `curl -s ${queue}/entries/me -H "authorization: Bearer $TOKEN"`,
  ];
}

/** The setting, else what the server made for itself when it started. */
function adminToken(env) {
  if (env.ADMIN_TOKEN) return env.ADMIN_TOKEN;
  const file = resolve(PROJECT, env.DATA_DIRECTORY || '.data', 'secrets.json');
  return JSON.parse(readFileSync(file, 'utf8')).ADMIN_TOKEN;
}
