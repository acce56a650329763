/** Small charts as SVG: readable on a light and on a dark page, without a script. */

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly logarithmicX?: boolean;
  readonly series: readonly Series[];
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [720, 380, 74, 190, 44, 52];
const COLOURS = ['#d1495b', '#00798c', '#8a6fdf', '#2e933c', '#e08e00', '#3a6ea5', '#7d7d7d'];
const LINES = 4;

/** Lines through points, over a linear y from 0 and a linear or logarithmic x. */
export function lineChart({ title, x, y, logarithmicX = false, series }: Chart): string {
  const all = series.flatMap(({ points }) => points);
  const xs = all.map(([at]) => at);
  const scaleX = (at: number): number => (logarithmicX ? Math.log10(Math.max(1, at)) : at);
  const [from, to] = [scaleX(Math.min(...xs)), scaleX(Math.max(...xs))];
  const most = roundUp(Math.max(...all.map(([, value]) => value)));
  const px = (at: number): number => LEFT + ((scaleX(at) - from) / (to - from || 1)) * (WIDTH - LEFT - RIGHT);
  const py = (value: number): number => HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);
  const lines = Array.from({ length: LINES + 1 }, (_, index) => (most * index) / LINES).map(
    (value) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${py(value)}" y2="${py(value)}" stroke="#999" stroke-opacity=".35"/>` +
      text(LEFT - 8, py(value) + 4, brief(value), 'end'),
  );
  const ticks = [...new Set(xs)].map((at) => text(px(at), HEIGHT - BOTTOM + 18, brief(at), 'middle'));
  const drawn = series.map(({ name, points }, index) => {
    const colour = COLOURS[index % COLOURS.length] ?? '';
    const path = points.map(([at, value]) => `${px(at).toFixed(1)},${py(value).toFixed(1)}`);
    const dots = path.map(
      (point) => `<circle cx="${point.split(',')[0]}" cy="${point.split(',')[1]}" r="3" fill="${colour}"/>`,
    );
    const legend = TOP + 12 + index * 20;
    return (
      `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}` +
      `<rect x="${WIDTH - RIGHT + 14}" y="${legend - 9}" width="10" height="10" fill="${colour}"/>` +
      text(WIDTH - RIGHT + 30, legend, name, 'start')
    );
  });
  return svg([
    text(LEFT, 22, title, 'start', 15),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x, 'middle'),
    text(8, TOP - 8, y, 'start'),
    ...lines,
    ...ticks,
    ...drawn,
  ]);
}

/** One bar a name, the longest first. */
export function barChart(
  title: string,
  unit: string,
  bars: readonly (readonly [name: string, value: number])[],
): string {
  const most = Math.max(1, ...bars.map(([, value]) => value));
  const [left, step] = [250, 30];
  const rows = bars
    .toSorted((a, b) => b[1] - a[1])
    .map(([name, value], index) => {
      const top = TOP + index * step;
      const width = (value / most) * (WIDTH - left - 110);
      const colour = name === 'concert-queue' ? COLOURS[0] : COLOURS[5];
      return (
        text(left - 10, top + 15, name, 'end') +
        `<rect x="${left}" y="${top}" width="${width.toFixed(1)}" height="20" fill="${colour}"/>` +
        text(left + width + 6, top + 15, `${Math.round(value).toLocaleString('en')} ${unit}`, 'start')
      );
    });
  return svg([text(20, 22, title, 'start', 15), ...rows], TOP + bars.length * step + 10);
}

function svg(parts: readonly string[], height = HEIGHT): string {
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui,sans-serif">`;
  return `${open}\n<rect width="${WIDTH}" height="${height}" fill="#fff"/>\n${parts.join('\n')}\n</svg>\n`;
}

function text(x: number, y: number, words: string, anchor: string, size = 12): string {
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" text-anchor="${anchor}" fill="#333">${escaped}</text>`;
}

/** 1, 2 or 5 and zeros. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power || 1;
}

function brief(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (value >= 1e3) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}
