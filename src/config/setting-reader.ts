import { FatalError } from '../application/errors.ts';
import { SETTINGS, type SettingName } from './settings-table.ts';

/** The process's environment, or what a test gives for it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings one by one and remembers what is wrong, so that all of it can be said at once.
 *
 * A problem names the setting and the rule, never the value: it might be a secret put under a wrong name.
 */
export class SettingReader {
  readonly #problems: string[] = [];

  constructor(private readonly environment: Environment) {}

  /** The trimmed value; undefined when unset or empty. */
  given(name: SettingName): string | undefined {
    return this.environment[name]?.trim() || undefined;
  }

  text(name: SettingName): string {
    return this.given(name) ?? SETTINGS[name][0];
  }

  /** @param min inclusive @param max inclusive */
  integer(name: SettingName, min: number, max: number, otherwise = Number(SETTINGS[name][0])): number {
    const given = this.given(name);
    if (given === undefined) return otherwise;
    const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.refuse(name, `must be an integer from ${min} to ${max}`);
    return otherwise;
  }

  flag(name: SettingName): boolean {
    return this.oneOf(name, ['true', 'false']) === 'true';
  }

  oneOf<const T extends string>(name: SettingName, allowed: readonly T[]): T | undefined {
    const value = this.text(name);
    const found = allowed.find((one) => one === value);
    if (found === undefined && value !== '') this.refuse(name, `must be one of ${allowed.join(', ')}`);
    return found;
  }

  matching(name: SettingName, pattern: RegExp, rule: string): string {
    const value = this.text(name);
    if (!pattern.test(value)) this.refuse(name, `must be ${rule}`);
    return value;
  }

  /** Parts between commas, trimmed, empty ones left out. */
  list(name: SettingName, pattern: RegExp, rule: string): readonly string[] {
    const parts = split(this.text(name));
    if (parts.some((part) => !pattern.test(part))) this.refuse(name, `must be ${rule}, separated by commas`);
    return parts;
  }

  /** @param protocols with their colon, as in `https:` */
  url(name: SettingName, protocols: readonly string[]): string {
    const value = this.text(name);
    if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol))
      this.refuse(name, `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);
    return value;
  }

  refuse(name: SettingName, problem: string): void {
    this.#problems.push(`${name} ${problem}`);
  }

  /** @throws FatalError naming every problem met so far, on one line */
  done(): void {
    if (this.#problems.length > 0) throw new FatalError(`Wrong settings: ${this.#problems.join('; ')}.`);
  }
}

export function split(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
