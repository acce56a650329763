import Table from 'cli-table3';

/** No borders, so that the output of a command can be searched and cut by other programs. */
const CHARS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
const STYLE = { 'padding-left': 0, 'padding-right': 0, head: [], border: [] };
/** The time that cli-table3 needs grows with the square of the rows of one table. */
const ROWS_PER_TABLE = 100;

type Rows = readonly (readonly string[])[];

/** Left-aligned columns, two spaces apart, without trailing spaces. */
export function formatTable(rows: Rows): string {
  const parts = Array.from({ length: Math.ceil(rows.length / ROWS_PER_TABLE) }, (_, part) =>
    rows.slice(part * ROWS_PER_TABLE, (part + 1) * ROWS_PER_TABLE),
  );
  const widths = parts.length > 1 ? widest(parts.map((part) => render(part).widths)) : [];
  return parts.map((part) => render(part, widths).text.replaceAll(/ +$/gm, '')).join('\n');
}

function render(rows: Rows, colWidths: readonly number[] = []) {
  const table = new Table({ chars: CHARS, style: STYLE, colWidths: [...colWidths] });
  table.push(...rows.map((row) => [...row]));
  // Rendering fills in the widths of the columns that have none.
  return { text: table.toString(), widths: table.options.colWidths };
}

function widest(tables: readonly (readonly (number | null)[])[]): number[] {
  const columns = Math.max(...tables.map((widths) => widths.length));
  return Array.from({ length: columns }, (_, column) => Math.max(...tables.map((widths) => widths[column] ?? 0)));
}
