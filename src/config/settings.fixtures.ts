/** What the tests of the settings have in common: environments, and the one line in which a wrong one is refused. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { FatalError } from '../application/errors.ts';
import { readSettings, type Settings } from './settings.ts';

/** Long enough for any secret. */
export const LONG = 'correct-horse-battery-staple-0123456789';

const folder = mkdtempSync(join(tmpdir(), 'settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A place of the test file's own. */
export const place = (...names: string[]): string => join(folder, ...names);

export const read = (environment: Record<string, string> = {}): Settings =>
  readSettings({ DATA_DIRECTORY: place('data'), ...environment });

/** All that production demands, but for what is said otherwise. */
export const production = (environment: Record<string, string | undefined> = {}): Settings =>
  readSettings({
    NODE_ENV: 'production',
    EVENT_LOG: 'kafka',
    KAFKA_BROKERS: 'kafka-1:9092,kafka-2:9092',
    SCHEMA_REGISTRY_URL: 'https://registry',
    REDIS_URL: 'rediss://cache',
    ENTRY_AUTH: 'service',
    SERVICE_TOKEN: `service-${LONG}`,
    ADMIN_TOKEN: `admin-${LONG}`,
    ENTRY_TOKEN_SECRETS: `${LONG}-new,${LONG}-old`,
    DRAW_SECRETS: LONG,
    ADMISSION_PRIVATE_KEYS: '-----BEGIN PRIVATE KEY-----\\nabc=\\n-----END PRIVATE KEY-----',
    ...environment,
  });

/** The line in which the process says why it does not start. */
export function refusal(start: () => unknown): string {
  try {
    start();
  } catch (error) {
    if (error instanceof FatalError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}
