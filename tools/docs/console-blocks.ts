import type { Document, Finding } from './documents.ts';

/**
 * One step of a document that the test executes.
 * `console`: commands, each after `$ `, with its output below. `console until Ctrl-C`: a server. `console elsewhere`: not run.
 * A comment `<!-- event: ... -->` names an event that happens without a command.
 */
export type Step =
  | { readonly is: 'command' | 'server'; readonly line: number; readonly command: string; readonly shown: string }
  | { readonly is: 'event'; readonly line: number; readonly what: string };

const INFO = /^console(?: (until Ctrl-C|elsewhere))?$/;
const EVENT = /^<!-- event: (.+) -->$/;

/** Commands, servers and events of a document, in order. */
export function stepsOf({ blocks, prose }: Document): readonly Step[] {
  const commands = blocks.flatMap(({ info, text, line }) => {
    const [isConsole, how] = INFO.exec(info) ?? [];
    if (!isConsole || how === 'elsewhere') return [];
    return commandsOf(text).map((one) => ({ ...one, is: how ? 'server' : 'command', line: line + one.line }) as const);
  });
  const events = prose.flatMap((text, index): Step[] => {
    const what = EVENT.exec(text)?.[1];
    return what === undefined ? [] : [{ is: 'event', line: index + 1, what }];
  });
  return [...commands, ...events].toSorted((one, other) => one.line - other.line);
}

/** Commands in blocks that the test does not execute. */
export function commandsOutsideConsole({ path, blocks, prose }: Document): readonly Finding[] {
  const words = 'commands belong in a block marked console';
  const fenced = blocks.filter(
    ({ info }) => /^(?:sh|bash|shell|)$/.test(info) || info.startsWith('console') !== INFO.test(info),
  );
  const indented = prose.flatMap((text, index) => (/^ {4}\S/.test(text) ? [{ line: index + 1 }] : []));
  return [...fenced, ...indented].map(({ line }) => ({ path, line, words }));
}

/** The commands of a console block, each with the output below it. A trailing backslash continues a command. */
export function commandsOf(
  text: string,
): readonly { readonly line: number; readonly command: string; readonly shown: string }[] {
  const commands: { line: number; command: string; shown: string }[] = [];
  let continues = false;
  for (const [index, line] of text.split('\n').entries()) {
    const last = commands.at(-1);
    const isCommand: boolean = continues || line.startsWith('$ ');
    if (last && continues) last.command += `\n${line}`;
    else if (isCommand) commands.push({ line: index + 1, command: line.slice(2), shown: '' });
    else if (last) last.shown += `${line}\n`;
    continues = isCommand && line.endsWith('\\');
  }
  return commands;
}
