#!/usr/bin/env node
import { cliContext } from './composition/cli-context.ts';
import { runCommandLine } from './infrastructure/driving/cli/run-command-line.ts';

// Whoever reads may have read enough, as `| head` has: the rest is for nobody, and no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// Set, not exit(): what is still being written to a pipe is written to its end.
process.exitCode = await runCommandLine(process.argv.slice(2), cliContext);
