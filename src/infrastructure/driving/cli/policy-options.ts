import type { Command } from 'commander';
import { QueueError } from '../../../application/errors.ts';

/** Each field of the policy as an option of its own; what it may be is said by the policy itself. */
const FIELDS = {
  capacity: ['<n>', 'most entries that are called and not done yet, at once'],
  admissionsPerMinute: ['<n>', 'most entries called in a minute'],
  claimWindowSeconds: ['<n>', 'how long whoever is called may take to claim'],
  activeWindowSeconds: ['<n>', 'how long whoever claimed may take to buy'],
  maximumWaiting: ['<n>', 'most entries that wait; without it there is no limit'],
  minimumBalance: ['<n>', 'points needed to enter; without it none'],
  opensAt: ['<time>', 'when the queue opens, e.g. 2026-12-01T11:00:00Z; without it at once'],
  beforeOpening: ['<what>', 'requests before the opening: "reject" (default), or "draw" to register for a draw'],
  outcomeRetentionSeconds: ['<n>', 'how long an outcome is kept; a day without it'],
} as const;

type FieldName = keyof typeof FIELDS;
export type PolicyOptions = { readonly [name in FieldName]?: string } & { readonly policy?: string };

/** Adds `--policy` and an option for each field, as in `--admissions-per-minute 600`. */
export function withPolicyOptions(command: Command): Command {
  command.option('--policy <json>', 'the whole policy as JSON, as the HTTP API takes it, instead of the options below');
  for (const [name, [value, meaning]] of Object.entries(FIELDS)) {
    const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    command.option(`--${kebab} ${value}`, meaning);
  }
  return command;
}

/** The policy as the HTTP API would be sent it. @throws QueueError `INVALID_REQUEST` */
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

/** Text that looks like a number is one: no field of a policy is a text of digits. */
function valueOf(text: string): string | number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
