import { describe, expect, test } from '@jest/globals';
import { commandsOutsideConsole, stepsOf } from './console-blocks.ts';
import { parseDocument } from './documents.ts';
import { fillPlaceholders, matchOutput } from './shown-output.ts';

const document = (text: string) => parseDocument('docs/operations.md', text);

describe('the steps of a document', () => {
  test('are its commands with their output, servers and events, in order', () => {
    const text = [
      '# Title',
      '```console until Ctrl-C',
      '$ npm start',
      '...',
      '```',
      '<!-- event: a user enters -->',
      '```console',
      '$ first \\',
      '    --on',
      'one',
      'two',
      '$ second',
      '```',
      '```console elsewhere',
      '$ kubectl get pods',
      '```',
    ].join('\n');
    expect(stepsOf(document(text))).toEqual([
      { is: 'server', line: 3, command: 'npm start', shown: '...\n' },
      { is: 'event', line: 6, what: 'a user enters' },
      { is: 'command', line: 8, command: 'first \\\n    --on', shown: 'one\ntwo\n' },
      { is: 'command', line: 12, command: 'second', shown: '' },
    ]);
  });

  test.each(['```\nnpm start\n```', '```sh\nnpm start\n```', '    npm start', '```console later\n$ npm start\n```'])(
    'report a command outside a console block: %j',
    (text) => expect(commandsOutsideConsole(document(text))).toHaveLength(1),
  );
  test('ignore data, diagrams and commands that run elsewhere', () => {
    const text = '```json\n{}\n```\n```mermaid\nx\n```\n```console elsewhere\n$ x\n```\n* a list\n  * in a list';
    expect(commandsOutsideConsole(document(text))).toEqual([]);
  });
});

describe('an output', () => {
  test.each([
    ['one\ntwo\n', 'one\ntwo\n'],
    ['one\ntwo\n', 'one\ntwo'],
    ['a b\n', 'a      b   \n'],
    ['...\nlast\n', 'x\ny\nlast\n'],
    ['first\n...\n', 'first\n'],
    ['(a.b)\n', '(a.b)\n'],
    ['', ''],
  ])('matches the document: %j, %j', (shown, output) => expect(matchOutput(shown, output)).toBeDefined());
  test.each([
    ['one\n', 'one\ntwo\n'],
    ['one\ntwo\n', 'one\n'],
    ['', 'a warning\n'],
    ['a.b\n', 'axb\n'],
    ['<n>\n', 'two words\n'],
    ['...\nlast\n', 'last\nx\n'],
  ])('differs from the document: %j, %j', (shown, output) => expect(matchOutput(shown, output)).toBeUndefined());

  test('gives the values of placeholders to later commands', () => {
    const seen = matchOutput('RECORD  CODE\n<record>  X\n', 'RECORD  CODE\n0/9     X\n') ?? new Map<string, string>();
    expect(fillPlaceholders('dlt show <record> <else>', seen)).toBe('dlt show 0/9 <else>');
  });
});
