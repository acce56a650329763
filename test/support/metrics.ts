/** Reads metrics in the text format of Prometheus. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export async function scrape(url: string): Promise<Scrape> {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) });
  if (answer.status !== 200) throw new Error(`the metrics answer ${answer.status}`);
  return new Scrape(await answer.text());
}

export class Scrape {
  readonly samples: readonly Sample[];
  /** Names as the `# TYPE` lines have them. */
  readonly types: ReadonlyMap<string, string>;

  constructor(readonly text: string) {
    const lines = text.split('\n');
    this.types = new Map(
      lines.flatMap((line) => {
        const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
        return name === undefined || type === undefined ? [] : [[name, type] as const];
      }),
    );
    this.samples = lines.filter((line) => line !== '' && !line.startsWith('#')).map(sampleOf);
  }

  /** Samples with this name and at least these labels. */
  of(name: string, labels: Readonly<Record<string, string>> = {}): readonly Sample[] {
    const wanted = Object.entries(labels);
    return this.samples.filter((one) => one.name === name && wanted.every(([key, value]) => one.labels[key] === value));
  }

  /** Their sum; undefined when there is none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.of(name, labels);
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }
}

function sampleOf(line: string): Sample {
  const [, name = '', inner = '', value = ''] = /^([^\s{]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === '') throw new Error(`no sample: ${line}`);
  const labels = [...inner.matchAll(/([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"/g)];
  return {
    name,
    labels: Object.fromEntries(labels.map(([, key = '', text = '']) => [key, text])),
    value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value),
  };
}
