// Child processes of the launcher: started with the pinned Node, ended with us.
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
export const NODE = join(PROJECT, 'node_modules', 'node', 'bin', 'node');
/** How V8 is to keep the server's heap (ADR 32). */
const HEAP = ['--no-memory-reducer', '--no-allocation-site-pretenuring'];
/** Arguments with which Node is the server; the image's command has the same. */
export const SERVER = [...HEAP, '--enable-source-maps', 'dist/main.js'];

/** Starts a program of the project; `npm`, and whatever it starts, finds the pinned Node first. */
export function launch(command, args, { env = {}, stdio = ['ignore', 'inherit', 'inherit'], ...options } = {}) {
  const path = [join(PROJECT, 'node_modules', 'node', 'bin'), join(PROJECT, 'node_modules', '.bin'), process.env.PATH];
  return spawn(command, args, {
    cwd: PROJECT,
    stdio,
    ...options,
    env: { ...process.env, PATH: path.join(delimiter), ...env },
  });
}

/** Resolves with the exit status of a child; a child ended by a signal counts as 1, one that cannot be started rejects. */
export function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
}

/** Runs a program to its end, and answers its exit status and what it printed on standard output. */
export async function answer(command, args, options = {}) {
  const child = launch(command, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (piece) => (output += piece));
  return { status: await ended(child), output };
}
