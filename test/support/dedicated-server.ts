/** A server of one test, which may kill, stop and start it. */
import { rm } from 'node:fs/promises';
import type { RunningServer } from '../../tools/stack/process.ts';

export interface DedicatedServer extends AsyncDisposable {
  /** Current process id. */
  readonly pid: number;
  readonly directory: string;
  isAlive(): boolean;
  /** `kill -9`; resolves when the process is gone. */
  kill9(): Promise<void>;
  /** SIGTERM; resolves when the process is gone. */
  stop(): Promise<void>;
  /** Restarts it with the same port and data; resolves when it responds. */
  restart(): Promise<void>;
  /** Suspends the process (SIGSTOP): connections stay open without responses. */
  pause(): void;
  resume(): void;
  /** Kills it and deletes its folder. */
  close(): Promise<void>;
}

export async function dedicatedServer(
  directory: string,
  start: () => Promise<RunningServer>,
): Promise<DedicatedServer> {
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  let server = await start().catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const self: DedicatedServer = {
    directory,
    get pid() {
      return server.pid;
    },
    isAlive: () => server.isAlive(),
    kill9: () => server.kill(),
    stop: () => server.stop(),
    restart: async () => {
      await server.stop();
      server = await start();
    },
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    close: async () => {
      await server.kill();
      await remove();
    },
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
  return self;
}
