/** A server of one test alone: it may be killed, stopped and started at will. */
import { rm } from 'node:fs/promises';
import type { RunningServer } from '../../tools/stack/process.ts';

export interface DedicatedServer extends AsyncDisposable {
  /** Process id of the present life. */
  readonly pid: number;
  readonly directory: string;
  isAlive(): boolean;
  /** `kill -9`; resolves when the process is gone. */
  kill9(): Promise<void>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
  /** Starts it again on the same port and data, ending it first if it lives; resolves when it answers. */
  restart(): Promise<void>;
  /** Holds the process (SIGSTOP): connections stay open, nothing answers. */
  pause(): void;
  resume(): void;
  /** Ends it and deletes its folder. To be called after the test, whatever happened. */
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
