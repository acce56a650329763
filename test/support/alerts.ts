/** Reads the alert rules and panels of `ops/`, and evaluates the forms of PromQL that the rules use, without `for`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../tools/stack/settings.ts';
import type { Sample, Scrape } from './metrics.ts';

export interface Rule {
  readonly alert: string;
  readonly expr: string;
}

export function alertRules(): readonly Rule[] {
  const text = readFileSync(join(PROJECT, 'ops', 'alerts.yml'), 'utf8');
  const rules = [...text.matchAll(/- alert: (\w+)\n\s+expr: '([^\n]+)'\n/g)];
  return rules.map(([, alert = '', expr = '']) => ({ alert, expr }));
}

export function panelExpressions(): readonly string[] {
  const { panels }: { panels: { targets: { expr: string }[] }[] } = JSON.parse(
    readFileSync(join(PROJECT, 'ops', 'dashboard.json'), 'utf8'),
  );
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
}

/** The metrics of an expression, each with the labels in its selector, and the labels of its grouping. */
export function namesOf(expr: string): {
  readonly metrics: readonly { readonly name: string; readonly labels: readonly string[] }[];
  readonly groupedBy: readonly string[];
} {
  const metrics = [...expr.matchAll(/\b((?:concert_queue|nodejs|process)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)];
  const groupedBy = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/,\s*/));
  return {
    metrics: metrics.map(([, name = '', inner = '']) => ({
      name,
      labels: [...inner.matchAll(/(\w+)\s*=~?/g)].map(([, label = '']) => label),
    })),
    groupedBy,
  };
}

const FORM =
  /^\(?(sum|max|min|count)(?: by \(([^)]*)\))? ?\((?:(rate|increase)\()?(\w+)(?:\{(\w+)="([^"]*)"\})?(?:\[\w+\]\))?\)( or vector\(0\)\))? ([<>]) (?:scalar\(max\((\w+)\)\)|([\d.]+))$/;

/** Whether the condition of a rule holds between two scrapes of the same process. @throws Error for an unsupported form */
export function holds({ alert, expr }: Rule, before: Scrape, now: Scrape): boolean {
  const [, aggregate, by = '', change, name = '', label = '', wanted = '', orZero, operator, bound, limit] =
    FORM.exec(expr) ?? [];
  if (aggregate === undefined) throw new Error(`${alert}: ${expr} has an unsupported form`);
  const labels = label === '' ? {} : { [label]: wanted };
  const threshold = bound === undefined ? Number(limit) : (now.sum(bound) ?? 0);
  const groups = new Map<string, number[]>();
  for (const sample of now.of(name, labels)) {
    const key =
      by === ''
        ? ''
        : by
            .split(/,\s*/)
            .map((one) => sample.labels[one])
            .join();
    const value = change === undefined ? sample.value : grownBy(before, sample);
    if (value !== undefined) groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  if (orZero !== undefined && groups.size === 0) groups.set('', []);
  return [...groups.values()].some((values) => {
    const value = aggregated(aggregate, values);
    return operator === '>' ? value > threshold : value < threshold;
  });
}

/** The names of the rules whose conditions hold. */
export function firing(before: Scrape, now: Scrape): readonly string[] {
  return alertRules()
    .filter((rule) => holds(rule, before, now))
    .map(({ alert }) => alert);
}

/** undefined: the sample is new; Prometheus computes no increase for it. */
function grownBy(before: Scrape, { name, labels, value }: Sample): number | undefined {
  const then = before.sum(name, labels);
  return then === undefined ? undefined : value - then;
}

function aggregated(how: string, values: readonly number[]): number {
  if (how === 'sum') return values.reduce((sum, value) => sum + value, 0);
  if (how === 'count') return values.length;
  return how === 'max' ? Math.max(...values) : Math.min(...values);
}
