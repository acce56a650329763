/** Finds cycles between folders: folder A imports from B when a file in A imports a file in B. */

/** From a file to the files that it imports. */
export type FileImports = ReadonlyMap<string, readonly string[]>;

/** The shortest cycle through each folder that is part of one, each cycle once: `['a', 'b']` means a imports b imports a. */
export function folderCycles(imports: FileImports): readonly (readonly string[])[] {
  const graph = folderGraph(imports);
  const cycles = new Map<string, readonly string[]>();
  for (const folder of graph.keys()) {
    const cycle = shortestCycle(graph, folder);
    if (cycle) cycles.set([...cycle].sort().join(' '), cycle);
  }
  return [...cycles.values()];
}

function folderGraph(imports: FileImports): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    const from = folderOf(file);
    const edges = graph.get(from) ?? new Set<string>();
    graph.set(from, edges);
    for (const target of targets) if (folderOf(target) !== from) edges.add(folderOf(target));
  }
  return graph;
}

function shortestCycle(graph: ReadonlyMap<string, ReadonlySet<string>>, start: string): readonly string[] | undefined {
  const seen = new Set<string>();
  let paths: string[][] = [[start]];
  while (paths.length > 0) {
    const longer: string[][] = [];
    for (const path of paths) {
      for (const next of graph.get(path.at(-1) ?? start) ?? []) {
        if (next === start) return path;
        if (seen.has(next)) continue;
        seen.add(next);
        longer.push([...path, next]);
      }
    }
    paths = longer;
  }
  return undefined;
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/'));
}
