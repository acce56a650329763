#!/usr/bin/env node
import { cliServices } from './cli-services.ts';
import { runCommandLine } from './infrastructure/cli/run-command-line.ts';

// Set, not exit(): what is still being written to a pipe is written to its end.
process.exitCode = await runCommandLine(process.argv.slice(2), cliServices);
