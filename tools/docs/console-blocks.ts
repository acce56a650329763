import type { Document, Finding } from './documents.ts';

/**
 * One step of a walk through a document. A block marked `console` holds commands, each after `$ `, and below each what it prints;
 * `console until Ctrl-C` one that goes on until it is interrupted; `console elsewhere` what cannot be run here, and the text says
 * why. A comment `<!-- walk: ... -->` names something that happens without a command.
 */
export type Step =
  | { readonly is: 'command' | 'server'; readonly line: number; readonly command: string; readonly shown: string }
  | { readonly is: 'event'; readonly line: number; readonly what: string };

const INFO = /^console(?: (until Ctrl-C|elsewhere))?$/;
const EVENT = /^<!-- walk: (.+) -->$/;

/** What a reader who follows the document does, and what happens meanwhile, in order. */
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

/** Commands that nobody would notice to be wrong: those in blocks of any other kind. */
export function notWalked({ path, blocks, prose }: Document): readonly Finding[] {
  const words = 'commands stand in a block marked console';
  const fenced = blocks.filter(
    ({ info }) => /^(?:sh|bash|shell|)$/.test(info) || info.startsWith('console') !== INFO.test(info),
  );
  const indented = prose.flatMap((text, index) => (/^ {4}\S/.test(text) ? [{ line: index + 1 }] : []));
  return [...fenced, ...indented].map(({ line }) => ({ path, line, words }));
}

/** The commands of a console, each with what stands below it. One that ends with a backslash goes on in the next line. */
export function commandsOf(
  text: string,
): readonly { readonly line: number; readonly command: string; readonly shown: string }[] {
  const commands: { line: number; command: string; shown: string }[] = [];
  let goesOn = false;
  for (const [index, line] of text.split('\n').entries()) {
    const last = commands.at(-1);
    const isCommand: boolean = goesOn || line.startsWith('$ ');
    if (last && goesOn) last.command += `\n${line}`;
    else if (isCommand) commands.push({ line: index + 1, command: line.slice(2), shown: '' });
    else if (last) last.shown += `${line}\n`;
    goesOn = isCommand && line.endsWith('\\');
  }
  return commands;
}
