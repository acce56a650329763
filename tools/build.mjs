// Compiles src/ and apps/console/ into dist/ and copies their other files (Lua, SQL, HTML, CSS). dist/ is replaced in one step at the end.
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
  execFileSync(
    process.execPath,
    [tsc, '-p', join('apps', 'console', 'tsconfig.build.json'), '--outDir', join(built, 'console')],
    { cwd: root, stdio: 'inherit' },
  );
  copyAssets(join(root, 'src'), built);
  copyAssets(join(root, 'apps', 'console', 'src'), join(built, 'console'));
  if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), replaced);
  renameSync(built, join(root, 'dist'));
} finally {
  rmSync(built, { recursive: true, force: true });
  rmSync(replaced, { recursive: true, force: true });
}

/** Folders, and the files that tsc does not copy. */
function copyAssets(from, to) {
  cpSync(from, to, {
    recursive: true,
    filter: (source) => !/\.[^/]+$/.test(source.split('/').at(-1) ?? '') || /\.(lua|sql|html|css)$/.test(source),
  });
}
