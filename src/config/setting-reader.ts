import { FatalError } from '../application/errors.ts';
import { SETTINGS, type SettingName } from './settings-table.ts';

/** The environment of the process, or of a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings one by one and collects the problems, so that one error reports all of them.
 *
 * A problem names the setting and the rule, never the value: it may be a secret under a wrong name.
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
  integer(name: SettingName, min: number, max: number, defaultValue = Number(SETTINGS[name][0])): number {
    const given = this.given(name);
    if (given === undefined) return defaultValue;
    const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.reject(name, `must be an integer from ${min} to ${max}`);
    return defaultValue;
  }

  flag(name: SettingName): boolean {
    return this.oneOf(name, ['true', 'false']) === 'true';
  }

  oneOf<const T extends string>(name: SettingName, allowed: readonly T[]): T | undefined {
    const value = this.text(name);
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined && value !== '') this.reject(name, `must be one of ${allowed.join(', ')}`);
    return found;
  }

  matching(name: SettingName, pattern: RegExp, rule: string): string {
    const value = this.text(name);
    if (!pattern.test(value)) this.reject(name, `must be ${rule}`);
    return value;
  }

  /** The parts between commas, trimmed, without empty ones. */
  list(name: SettingName, pattern: RegExp, rule: string): readonly string[] {
    const parts = split(this.text(name));
    if (parts.some((part) => !pattern.test(part))) this.reject(name, `must be ${rule}, separated by commas`);
    return parts;
  }

  /** @param protocols with the colon: `https:` */
  url(name: SettingName, protocols: readonly string[]): string {
    const value = this.text(name);
    if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol))
      this.reject(name, `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);
    return value;
  }

  reject(name: SettingName, problem: string): void {
    this.#problems.push(`${name} ${problem}`);
  }

  /** @throws FatalError with all problems in one line */
  assertValid(): void {
    if (this.#problems.length > 0) throw new FatalError(`Invalid settings: ${this.#problems.join('; ')}.`);
  }
}

export function split(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
