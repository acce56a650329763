/** `node examples/waiting-page/build.ts [folder]`: writes the page as static files; default folder: `dist/` beside this file. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minifySync } from '@swc/core';

const HERE = import.meta.dirname;

/** Replaces the folder with the complete page, which any web server can serve. */
export function buildPage(folder: string): void {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('@typescript/native/package.json')), 'bin', 'tsc');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const project = join(HERE, 'tsconfig.build.json');
  execFileSync(process.execPath, [tsc, '-p', project, '--outDir', join(folder, 'js')], { stdio: 'inherit' });
  const modules = readdirSync(join(folder, 'js'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .map((file) => `js/${file}`)
    .toSorted();
  for (const file of modules) rewrite(join(folder, file), join(folder, file), minified);
  rewrite(join(HERE, 'style.css'), join(folder, 'style.css'), withoutIndentation);
  rewrite(join(HERE, 'index.html'), join(folder, 'index.html'), (html) =>
    withoutIndentation(html).replace('<!-- modules -->', modules.filter(isNeededAtStart).map(preload).join('')),
  );
  rewrite(join(HERE, 'start.js'), join(folder, 'start.js'), minifiedScript);
  copyFileSync(join(HERE, 'icon.svg'), join(folder, 'icon.svg'));
}

/** The texts of other languages are loaded when they are needed. */
const isNeededAtStart = (file: string): boolean => !/messages\/(?!en\.)/.test(file);
/** Lets the browser fetch the modules in parallel. */
const preload = (file: string): string => `<link rel="modulepreload" href="${file}">`;
const minified = (code: string): string => minifySync(code, { module: true, compress: true, mangle: true }).code;
/** Keeps the syntax of old browsers. */
const minifiedScript = (code: string): string => minifySync(code, { ecma: 5, compress: true, mangle: true }).code;
const withoutIndentation = (text: string): string => text.replaceAll(/\n\s*/g, '\n');

function rewrite(from: string, to: string, change: (text: string) => string): void {
  writeFileSync(to, change(readFileSync(from, 'utf8')));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildPage(resolve(process.argv[2] ?? join(HERE, 'dist')));
