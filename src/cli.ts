#!/usr/bin/env node
import { cliContext } from './composition/cli-context.ts';
import { runCommandLine } from './infrastructure/driving/cli/run-command-line.ts';

// The reader of a pipe may end early, as `head` does. That is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// Not process.exit(): it would drop output that is not yet written to a pipe.
process.exitCode = await runCommandLine(process.argv.slice(2), cliContext);

/** A connection to a server that never answers may stay open; the process does not wait for it longer. */
const EXIT_TIMEOUT_MS = 1_000;
const exit = async (): Promise<void> => {
  for (const stream of [process.stdout, process.stderr])
    if (stream.writableLength > 0) await new Promise((written) => stream.write('', written));
  process.exit();
};
setTimeout(() => void exit(), EXIT_TIMEOUT_MS).unref();
