// Compiles src/ and copies what tsc leaves behind (Lua and SQL scripts, the pages of the console); dist/ is replaced in one step, when all of it is there.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tsc = join(dirname(createRequire(import.meta.url).resolve('@typescript/native/package.json')), 'bin', 'tsc');
const built = join(root, `dist.${process.pid}`);
const replaced = `${built}.old`;
try {
  const args = ['-p', 'tsconfig.build.json', '--outDir', built];
  execFileSync(process.execPath, [tsc, ...args], { cwd: root, stdio: 'inherit' });
  const consoleFiles = ['infrastructure', 'http', 'console'];
  execFileSync(
    process.execPath,
    [tsc, '-p', join('src', ...consoleFiles, 'tsconfig.build.json'), '--outDir', join(built, ...consoleFiles)],
    { cwd: root, stdio: 'inherit' },
  );
  cpSync(join(root, 'src'), built, {
    recursive: true,
    filter: (source) => !/\.[^/]+$/.test(source.split('/').at(-1) ?? '') || /\.(lua|sql|html|css)$/.test(source),
  });
  if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), replaced);
  renameSync(built, join(root, 'dist'));
} finally {
  rmSync(built, { recursive: true, force: true });
  rmSync(replaced, { recursive: true, force: true });
}
