/** A placeholder for a value that differs on each run, e.g. `<offset>`. It matches one or more characters except blanks. */
const PLACEHOLDER = /<([a-z][a-z ]*)>/g;

/** The text with its placeholders replaced by earlier values. */
export function fillPlaceholders(text: string, seen: ReadonlyMap<string, string>): string {
  return text.replace(PLACEHOLDER, (holder, name: string) => seen.get(name) ?? holder);
}

/**
 * The values of the placeholders; undefined if the output differs from the document. A line `...` matches any number of lines.
 * Any number of blanks matches one, because column widths depend on their content.
 */
export function matchOutput(shown: string, output: string): ReadonlyMap<string, string> | undefined {
  const names: string[] = [];
  const lines = shown.split('\n').filter((line, index, all) => line !== '' || index < all.length - 1);
  const pattern = lines.map((line) => {
    if (line === '...') return '(?:[^\\n]*\\n)*?';
    const parts = line.split(PLACEHOLDER).map((part, index) => {
      if (index % 2 === 0) return escaped(part);
      names.push(part);
      return '(\\S+)';
    });
    return `${parts.join('')}[ ]*\\n`;
  });
  const found = new RegExp(`^${pattern.join('')}$`).exec(output.replace(/\n*$/, '\n').replace(/^\n$/, ''));
  return found ? new Map(names.map((name, index) => [name, found[index + 1] ?? ''])) : undefined;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/ +/g, ' +');
}
