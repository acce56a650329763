import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
}

/** The files of the page by their path, with the settings written into the document: the page needs no request for them. */
export function readPage(folder: string, settings: object): ReadonlyMap<string, PageFile> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.flatMap(({ parentPath, name }) => {
      const type = TYPES[extname(name)];
      const text = readFileSync(join(parentPath, name), 'utf8');
      const body = Buffer.from(extname(name) === '.html' ? withSettings(text, settings) : text);
      const path = join(parentPath, name).slice(folder.length).replaceAll('\\', '/');
      return type === undefined ? [] : [[path, { type, body, gzipped: gzipSync(body) }] as const];
    }),
  );
}

/** A block of data, which a content security policy without inline scripts allows. */
function withSettings(html: string, settings: object): string {
  const json = JSON.stringify(settings).replaceAll('<', '\\u003c');
  return html.replace('<!-- config -->', () => `<script type="application/json" id="config">${json}</script>`);
}
