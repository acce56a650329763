/** What stands for something that is different each time, as in `<offset>`: a run of anything but blanks. */
const PLACE_HOLDER = /<([a-z][a-z ]*)>/g;

/** The text with what was seen in the place of its place holders. */
export function filledIn(text: string, seen: ReadonlyMap<string, string>): string {
  return text.replace(PLACE_HOLDER, (holder, name: string) => seen.get(name) ?? holder);
}

/**
 * What stood where a document has its place holders; undefined when the output is not what the document shows. A line `...` stands
 * for any number of lines, and however many blanks for one: columns are as wide as what they hold.
 */
export function comparedWith(shown: string, output: string): ReadonlyMap<string, string> | undefined {
  const names: string[] = [];
  const lines = shown.split('\n').filter((line, index, all) => line !== '' || index < all.length - 1);
  const pattern = lines.map((line) => {
    if (line === '...') return '(?:[^\\n]*\\n)*?';
    const parts = line.split(PLACE_HOLDER).map((part, index) => {
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
