import type { SettingRow } from './cli-context.ts';

interface Description {
  readonly name: string;
  /** The default as text; empty: unset. `generated`: generated once and stored. */
  readonly default: string;
  /** Begins with `Secret.` if the value must not be shown. */
  readonly meaning: string;
}

const MAX_SHOWN_LENGTH = 60;

/** The settings in an environment. Secrets and passwords in addresses are hidden. */
export function settingRows(
  descriptions: readonly Description[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly SettingRow[] {
  return descriptions.map(({ name, default: defaultValue, meaning }) => {
    const given = environment[name]?.trim() || undefined;
    const secret = meaning.startsWith('Secret.');
    const source = given !== undefined ? 'environment' : sourceOf(defaultValue);
    const value = secret || source === 'unset' || source === 'generated' ? undefined : redact(given ?? defaultValue);
    return { name, value, source, secret, meaning };
  });
}

function sourceOf(defaultValue: string): SettingRow['source'] {
  if (defaultValue === '') return 'unset';
  return defaultValue === 'generated' ? 'generated' : 'default';
}

/** The first line of the value, shortened, without passwords in addresses. */
function redact(value: string): string {
  const redacted = value.replaceAll(/\/\/[^/,\s]*@/g, '//***@').replaceAll(/([?&]\w*password=)[^&,\s]*/gi, '$1***');
  const [line = ''] = redacted.split('\n');
  const shown = line.slice(0, MAX_SHOWN_LENGTH);
  return shown === redacted ? shown : `${shown}...`;
}
