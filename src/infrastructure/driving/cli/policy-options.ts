import type { Command } from 'commander';
import { QueueError } from '../../../application/errors.ts';

/** Fields of the policy that have an option. The policy schema validates their values. */
const FIELDS = {
  capacity: ['<n>', 'maximum number of called and active entries'],
  admissionsPerMinute: ['<n>', 'maximum number of entries called in a minute'],
  claimWindowSeconds: ['<n>', 'time to claim after the call, in seconds'],
  activeWindowSeconds: ['<n>', 'time to buy after the claim, in seconds'],
  maximumWaiting: ['<n>', 'maximum number of waiting entries; default: no limit'],
  minimumBalance: ['<n>', 'points needed to enter; default: none'],
  opensAt: ['<time>', 'opening time, e.g. 2026-12-01T11:00:00Z; default: open at once'],
  beforeOpening: ['<what>', 'requests before the opening time: "reject" (default) or "draw" (register for a draw)'],
  outcomeRetentionSeconds: ['<n>', 'time for which a closed entry is kept, in seconds; default: 86400'],
} as const;

type FieldName = keyof typeof FIELDS;
export type PolicyOptions = { readonly [name in FieldName]?: string } & { readonly policy?: string };

/** Adds `--policy` and an option for each field, as in `--admissions-per-minute 600`. */
export function withPolicyOptions(command: Command): Command {
  command.option(
    '--policy <json>',
    'the whole policy as JSON, in the format of the HTTP API, instead of the options below',
  );
  for (const [name, [value, meaning]] of Object.entries(FIELDS)) {
    command.option(`${optionOf(name)} ${value}`, meaning);
  }
  return command;
}

/** How an error names a field of the policy: by its option, or by its path in the JSON of `--policy`. */
export function policyNames(options: PolicyOptions): (field: string) => string {
  return (field) => (options.policy === undefined && field in FIELDS ? optionOf(field) : `--policy: ${field}`);
}

function optionOf(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The policy in the format of the HTTP API. @throws QueueError `INVALID_REQUEST` */
export function policyJsonOf(options: PolicyOptions): unknown {
  const given = Object.keys(FIELDS).filter((name): name is FieldName => options[name as FieldName] !== undefined);
  if (options.policy === undefined)
    return Object.fromEntries(given.map((name) => [name, valueOf(options[name] ?? '')]));
  if (given.length > 0) throw new QueueError('INVALID_REQUEST', '--policy cannot be mixed with options for its fields');
  try {
    return JSON.parse(options.policy);
  } catch (error) {
    throw new QueueError('INVALID_REQUEST', '--policy is not valid JSON', { cause: error });
  }
}

/** No text field of a policy consists of digits, so such a value is a number. */
function valueOf(text: string): string | number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
