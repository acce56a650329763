import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { FatalError } from '../application/errors.ts';
import { readSettings, type Settings } from './settings.ts';

/** Long enough for every secret. */
export const LONG_SECRET = 'correct-horse-battery-staple-0123456789';

const folder = mkdtempSync(join(tmpdir(), 'settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A path in the directory of this test file. */
export const testPath = (...names: string[]): string => join(folder, ...names);

export const read = (environment: Record<string, string> = {}): Settings =>
  readSettings({ DATA_DIRECTORY: testPath('data'), ...environment });

/** The required settings of production, with these changes. */
export const production = (environment: Record<string, string | undefined> = {}): Settings =>
  readSettings({
    NODE_ENV: 'production',
    EVENT_LOG: 'kafka',
    KAFKA_BROKERS: 'kafka-1:9092,kafka-2:9092',
    SCHEMA_REGISTRY_URL: 'https://registry',
    REDIS_URL: 'rediss://cache',
    ENTRY_AUTH: 'service',
    SERVICE_TOKEN: `service-${LONG_SECRET}`,
    ADMIN_TOKEN: `admin-${LONG_SECRET}`,
    ENTRY_TOKEN_SECRETS: `${LONG_SECRET}-new,${LONG_SECRET}-old`,
    DRAW_SECRETS: LONG_SECRET,
    ADMISSION_PRIVATE_KEYS: '-----BEGIN PRIVATE KEY-----\\nabc=\\n-----END PRIVATE KEY-----',
    ...environment,
  });

/** The message of the FatalError. */
export function rejection(start: () => unknown): string {
  try {
    start();
  } catch (error) {
    if (error instanceof FatalError) return error.message;
    throw error;
  }
  throw new Error('no setting was rejected');
}
