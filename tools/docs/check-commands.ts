import type { Command } from 'commander';
import { eachCode } from './check-names.ts';
import type { Document, Finding } from './documents.ts';

/** The ways in which documents call the command line. */
const CALL = /(?:npm run (?:-s |--silent )?cli -- |(?:^|[\s`(|])concert-queue |node dist\/cli\.js )([^|&;#)"']*)/g;

/** Calls of unknown commands or options of the project's command line. */
export function unknownCommands(documents: readonly Document[], program: Command): readonly Finding[] {
  return eachCode(documents, (code) => {
    for (const [, words = ''] of code.matchAll(CALL)) {
      const wrong = errorOf(program, words.trim().split(/\s+/));
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  });
}

function errorOf(program: Command, words: readonly string[]): string | undefined {
  let command = program;
  for (const [index, word] of words.entries()) {
    if (!/^(?:--?)?[a-z]/.test(word) || word === '--help') continue; // a value or a placeholder
    if (word.startsWith('--')) {
      const [name] = word.split('=');
      if (!command.options.some(({ long }) => long === name)) return `${nameOf(command)} has no option ${name}`;
      continue;
    }
    if (takesValue(command, words[index - 1])) continue;
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next) command = next;
    else if (command.commands.length > 0) return `${nameOf(command)} has no command ${word}`;
  }
  return undefined;
}

function takesValue(command: Command, before: string | undefined): boolean {
  return command.options.some((option) => option.long === before && (option.required || option.optional));
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}
