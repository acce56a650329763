import { describeSettings } from '../../src/config/settings-table.ts';
import { CODES, PROBLEMS } from '../../src/infrastructure/driving/http/schemas/problem.ts';
import type { Document } from './documents.ts';

/** The generated sections of the documents, by the name in `<!-- generated: name -->`. */
export function tables(all: readonly Document[]): Readonly<Record<string, string>> {
  return { settings: settings(), errors: errors(), decisions: decisions(all) };
}

function settings(): string {
  return table(
    ['setting', 'default', 'meaning'],
    describeSettings().map(({ name, default: defaultValue, meaning }) => [
      `\`${name}\``,
      defaultOf(defaultValue),
      meaning,
    ]),
  );
}

function defaultOf(text: string): string {
  return text === '' || text === 'generated' ? text : `\`${text}\``;
}

function errors(): string {
  return table(
    ['code', 'status', 'meaning', 'what to do'],
    CODES.map((code) => {
      const { status, title, advice } = PROBLEMS[code];
      return [`\`${code}\``, String(status), title, advice];
    }),
  );
}

/** One line per decision record: number and title. */
function decisions(all: readonly Document[]): string {
  return all
    .flatMap(({ path, prose }) => {
      const [, file, number] = /^docs\/adr\/((\d{4})-.*\.md)$/.exec(path) ?? [];
      const title = prose[0]?.replace(/^#\s*(?:\d+\.\s*)?/, '');
      return file === undefined || title === undefined ? [] : [`* [${number}](${file}) ${title}`];
    })
    .toSorted()
    .join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
