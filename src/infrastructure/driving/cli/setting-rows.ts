import type { SettingRow } from './cli-context.ts';

interface Description {
  readonly name: string;
  /** As it would be written; empty: unset. `generated`: made once and kept. */
  readonly default: string;
  /** Begins with `Secret.` where the value must not be shown. */
  readonly meaning: string;
}

const LONGEST_SHOWN = 60;

/** The settings as an environment leaves them. Of secrets, and of passwords in addresses, nothing is shown. */
export function settingRows(
  descriptions: readonly Description[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly SettingRow[] {
  return descriptions.map(({ name, default: byDefault, meaning }) => {
    const given = environment[name]?.trim() || undefined;
    const secret = meaning.startsWith('Secret.');
    const source = given !== undefined ? 'environment' : sourceOf(byDefault);
    const value = secret || source === 'unset' || source === 'generated' ? undefined : harmless(given ?? byDefault);
    return { name, value, source, secret, meaning };
  });
}

function sourceOf(byDefault: string): SettingRow['source'] {
  if (byDefault === '') return 'unset';
  return byDefault === 'generated' ? 'generated' : 'default';
}

/** The beginning of the value, without the passwords that addresses may carry. */
function harmless(value: string): string {
  const open = value.replaceAll(/\/\/[^/,\s]*@/g, '//***@').replaceAll(/([?&]\w*password=)[^&,\s]*/gi, '$1***');
  const [line = ''] = open.split('\n');
  const shown = line.slice(0, LONGEST_SHOWN);
  return shown === open ? shown : `${shown}...`;
}
