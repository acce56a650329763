import { expect, test } from '@jest/globals';
import { folderCycles } from './folder-cycles.ts';

test('reports no cycle in a tree of folders', () => {
  const imports = new Map([
    ['src/a/one.ts', ['src/b/two.ts', 'src/c/three.ts']],
    ['src/b/two.ts', ['src/c/three.ts']],
    ['src/c/three.ts', []],
  ]);
  expect(folderCycles(imports)).toEqual([]);
});

test('reports a cycle between folders whose files form none', () => {
  const imports = new Map([
    ['src/a/one.ts', ['src/b/two.ts']],
    ['src/b/other.ts', ['src/a/alone.ts']],
    ['src/a/alone.ts', []],
  ]);
  expect(folderCycles(imports)).toHaveLength(1);
});

test('reports a long cycle once', () => {
  const imports = new Map([
    ['src/a/x.ts', ['src/b/x.ts']],
    ['src/b/x.ts', ['src/c/x.ts']],
    ['src/c/x.ts', ['src/a/y.ts']],
  ]);
  expect(folderCycles(imports).map((cycle) => [...cycle].sort())).toEqual([['src/a', 'src/b', 'src/c']]);
});
