import { describe, expect, test } from '@jest/globals';
import { notWalked, stepsOf } from './console-blocks.ts';
import { parseDocument } from './documents.ts';
import { comparedWith, filledIn } from './shown-output.ts';

const document = (text: string) => parseDocument('docs/operations.md', text);

describe('the steps of a document', () => {
  test('are its commands with what they print, servers and events in order', () => {
    const text = [
      '# Title',
      '```console until Ctrl-C',
      '$ npm start',
      '...',
      '```',
      '<!-- walk: somebody comes -->',
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
      { is: 'event', line: 6, what: 'somebody comes' },
      { is: 'command', line: 8, command: 'first \\\n    --on', shown: 'one\ntwo\n' },
      { is: 'command', line: 12, command: 'second', shown: '' },
    ]);
  });

  test.each(['```\nnpm start\n```', '```sh\nnpm start\n```', '    npm start', '```console later\n$ npm start\n```'])(
    'leave none out unseen: %j',
    (text) => expect(notWalked(document(text))).toHaveLength(1),
  );
  test('may be data, pictures, and what is run elsewhere', () => {
    const text = '```json\n{}\n```\n```mermaid\nx\n```\n```console elsewhere\n$ x\n```\n* a list\n  * in a list';
    expect(notWalked(document(text))).toEqual([]);
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
  ])('is as shown: %j, %j', (shown, output) => expect(comparedWith(shown, output)).toBeDefined());
  test.each([
    ['one\n', 'one\ntwo\n'],
    ['one\ntwo\n', 'one\n'],
    ['', 'a complaint\n'],
    ['a.b\n', 'axb\n'],
    ['<n>\n', 'two words\n'],
    ['...\nlast\n', 'last\nx\n'],
  ])('is another than shown: %j, %j', (shown, output) => expect(comparedWith(shown, output)).toBeUndefined());

  test('tells what stood in the place of a place holder, for the commands that follow', () => {
    const seen = comparedWith('RECORD  CODE\n<record>  X\n', 'RECORD  CODE\n0/9     X\n') ?? new Map<string, string>();
    expect(filledIn('dlt show <record> <else>', seen)).toBe('dlt show 0/9 <else>');
  });
});
