/** Run by `npm test` before anything else: installs the programs that the tests need, or names them and the command that installs them. */
import { requirePrograms, TEST_PROGRAMS } from './install.ts';
import { StackError } from './settings.ts';

try {
  requirePrograms(TEST_PROGRAMS, (line) => console.log(line));
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
