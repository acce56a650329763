import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { stackAddresses } from '../../../../test/support/settings.ts';
import { checkCompatibility } from './check-compatibility.ts';
import { original } from './evolutions.contract.ts';
import { ConfluentSchemaRegistry } from './schema-registry.confluent.ts';

const namespace = `test_${randomUUID().replaceAll('-', '')}`;
const url = () => stackAddresses().schemaRegistryUrl;
const names = ['Strict', 'Lax', 'Laxer'];
const subjects = names.map((name) => `${namespace}.${name}`);
afterAll(() => Promise.all(subjects.map((subject) => fetch(`${url()}/subjects/${subject}`, { method: 'DELETE' }))));

async function warnings(at = url()): Promise<readonly string[]> {
  const lines: string[] = [];
  await checkCompatibility(new ConfluentSchemaRegistry({ url: at }), (line) => lines.push(line), subjects);
  return lines;
}

async function setLevel(subject: string | undefined, compatibility: string): Promise<void> {
  const response = await fetch(`${url()}/config/${subject}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ compatibility }),
  });
  expect(response.status).toBe(200);
}

describe('the compatibility levels', () => {
  test('are reported at start when they were weakened after the registration', async () => {
    const schemas = subjects.map((subject, index) => ({
      record: names[index] ?? '',
      subject,
      text: JSON.stringify({ ...original, namespace }),
    }));
    await new ConfluentSchemaRegistry({ url: url() }).registerAll(schemas);
    expect(await warnings()).toEqual([]);
    await setLevel(subjects[1], 'NONE');
    await setLevel(subjects[2], 'BACKWARD');
    expect(await warnings()).toEqual([
      expect.stringContaining(`has compatibility level NONE, not FULL_TRANSITIVE, for ${subjects[1]}: `),
      expect.stringContaining(`has compatibility level BACKWARD, not FULL_TRANSITIVE, for ${subjects[2]}: `),
    ]);
  });

  test('are reported as unknown when they cannot be read', async () => {
    expect(await warnings('http://127.0.0.1:9')).toEqual([expect.stringContaining('cannot be read')]);
  });
});
