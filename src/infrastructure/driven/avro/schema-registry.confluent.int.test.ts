import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stackAddresses } from '../../../../test/support/settings.ts';
import { FatalError } from '../../../application/errors.ts';
import { AvroEventSchemas } from './event-schemas.avro.ts';
import { evolutions, original } from './evolutions.contract.ts';
import { loadSchemas, SCHEMA_DIRECTORY } from './schema-files.ts';
import { ConfluentSchemaRegistry } from './schema-registry.confluent.ts';

const url = () => stackAddresses().schemaRegistryUrl;
const ours = `test_${randomUUID().replaceAll('-', '')}`;
let registry: ConfluentSchemaRegistry;
beforeAll(() => {
  registry = new ConfluentSchemaRegistry({ url: url() });
});
const subjects: string[] = [];
afterAll(async () => {
  for (const subject of subjects) await fetch(`${url()}/subjects/${subject}`, { method: 'DELETE' });
});

/** A schema with a namespace and a subject of this run. */
function schemaOf(subject: string, schema: object) {
  const full = `${ours}.${subject}`;
  subjects.push(full);
  return { record: subject, subject: full, text: JSON.stringify({ ...schema, namespace: ours }) };
}

function version(...more: object[]): object {
  return { type: 'record', name: 'Evolving', namespace: ours, fields: [{ name: 'text', type: 'string' }, ...more] };
}

describe('the schema registry', () => {
  test('returns the same ids for repeated registrations', async () => {
    const ids = await registry.registerAll();
    expect([...ids.keys()].toSorted()).toEqual(loadSchemas().map(({ record }) => record));
    expect(await registry.registerAll()).toEqual(ids);
    expect(await registry.idsOfRegistered()).toEqual(ids);
  });

  test('returns the same ids to concurrent processes', async () => {
    for (let round = 0; round < 5; round++) {
      const schemas = [schemaOf(`AtOnce_${round}_a`, original), schemaOf(`AtOnce_${round}_b`, original)];
      const processes = Array.from({ length: 4 }, () => new ConfluentSchemaRegistry({ url: url() }));
      const [first, ...others] = await Promise.all(processes.map((one) => one.registerAll(schemas)));
      for (const ids of others) expect(ids).toEqual(first);
    }
  });

  test('stores each schema under its full name with documentation and level FULL_TRANSITIVE', async () => {
    const ids = await registry.registerAll();
    for (const { record, subject, text } of loadSchemas()) {
      expect(await registry.levelOf(subject)).toBe('FULL_TRANSITIVE');
      expect(await registry.schemaOf(ids.get(record) ?? -1)).toEqual({ type: 'AVRO', text });
    }
  });

  test('idsOfRegistered registers nothing and names missing schemas', async () => {
    const [first, second] = [schemaOf('Absent', original), schemaOf('Missing', original)];
    const ids = registry.idsOfRegistered([...loadSchemas(), first, second]);
    await expect(ids).rejects.toThrow(
      new FatalError('Schemas not registered: Absent, Missing. Run `concert-queue schemas register` first.'),
    );
    expect(await registry.versionsOf(first.subject)).toEqual([]);
  });

  test('schemaOf returns undefined for an unknown id', async () => {
    expect(await registry.schemaOf(2_000_000_000)).toBeUndefined();
  });

  test('rejects a new version if the subject has another compatibility level', async () => {
    const schema = schemaOf('Lax', original);
    await registry.registerAll([schema]);
    await fetch(`${url()}/config/${schema.subject}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"compatibility":"NONE"}',
    });
    const next = { ...schema, text: JSON.stringify({ ...original, namespace: ours, doc: 'Another.' }) };
    await expect(registry.registerAll([next])).rejects.toThrow(FatalError);
    await expect(registry.registerAll([next])).rejects.toThrow('compatibility level NONE');
  });

  test.each(evolutions)('accepts or rejects "$name" as Avro does', async ({ name, to, broken, avroAccepts }) => {
    const before = schemaOf(`Evolving_${name.replaceAll(/\W/g, '_')}`, original);
    await registry.registerAll([before]);
    const after = { ...before, text: JSON.stringify({ ...to, namespace: ours }) };
    const accepted = broken === undefined || avroAccepts === true;
    expect((await registry.accepts(after.subject, after.text)).accepted).toBe(accepted);
    const registered = registry.registerAll([after]);
    await (accepted ? registered : expect(registered).rejects.toThrow(FatalError));
    expect(await registry.versionsOf(before.subject)).toHaveLength(accepted && after.text !== before.text ? 2 : 1);
  });

  test('checks a third version against the first, not only against the second', async () => {
    const optional = { name: 'more', type: 'string', default: '' };
    const first = schemaOf('Transitive', version());
    const second = { ...first, text: JSON.stringify(version(optional)) };
    const third = { ...first, text: JSON.stringify(version({ ...optional, default: undefined })) };
    await registry.registerAll([first]);
    await registry.registerAll([second]);
    expect((await registry.accepts(first.subject, third.text)).accepted).toBe(false);
    await expect(registry.registerAll([third])).rejects.toThrow(FatalError);
  });
});

describe('the check against the registry', () => {
  const root = mkdtempSync(`${tmpdir()}/schemas-`);
  const directory = pathToFileURL(`${root}/`);
  beforeAll(async () => {
    cpSync(SCHEMA_DIRECTORY, directory, { recursive: true });
    await registry.registerAll();
  });
  afterAll(() => rmSync(root, { recursive: true }));

  function change(file: string, from: string | RegExp, to: string): void {
    const path = new URL(file, directory);
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  }

  test('accepts the schemas of the project', async () => {
    expect(await new AvroEventSchemas(registry).checkAgainstRegistry()).toEqual([]);
  });

  test('names record, field and rule of a rejection', async () => {
    change('QueueEntryRequested.avsc', /,\s*\{\s*"name": "entryId"[^}]*\}/, '');
    change('EntriesAdmitted.avsc', /(?<="through",\s*)"type": "long"/, '"type": "string"');
    change('QueueConfigured.avsc', '["reject", "draw"]', '["reject"]');
    change('QueuePaused.avsc', '"fields": [', '"fields": [{ "name": "by", "type": "string", "doc": "Who." },');
    const findings = await new AvroEventSchemas(registry, directory).checkAgainstRegistry();
    const findingsFor = (rule: string) =>
      findings.filter((finding) => finding.rule === rule).map(({ record, field }) => [record, field]);
    expect(findingsFor('FIELD_REMOVED')).toEqual([['QueueEntryRequested', 'entryId']]);
    expect(findingsFor('TYPE_CHANGED')).toEqual([['EntriesAdmitted', 'through']]);
    expect(findingsFor('ENUM_SYMBOL_REMOVED')).toEqual([['QueueConfigured', 'policy.beforeOpening']]);
    expect(findingsFor('REQUIRED_FIELD_ADDED')).toEqual([['QueuePaused', 'by']]);
    expect(findingsFor('REFUSED_BY_REGISTRY').map(([record]) => record)).toEqual([
      'EntriesAdmitted',
      'QueueEntryRequested',
      'QueuePaused',
    ]);
    expect(findingsFor('NOT_REGISTERED')).toHaveLength(4);
  });
});

describe('an unusable registry', () => {
  test('causes a transient error without a response in time', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((listening) => silent.once('listening', listening));
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const slow = new ConfluentSchemaRegistry({ url: `http://127.0.0.1:${port}`, timeoutMs: 100 });
    await expect(slow.schemaOf(1)).rejects.toThrow('cannot be reached');
    await expect(slow.registerAll()).rejects.not.toBeInstanceOf(FatalError);
    silent.closeAllConnections();
    await new Promise((closed) => silent.close(closed));
    await expect(slow.schemaOf(1)).rejects.toThrow('cannot be reached');
  });

  test('causes an error, not a missing schema, if another server responds', async () => {
    const elsewhere = new ConfluentSchemaRegistry({ url: new URL(url()).origin });
    await expect(elsewhere.schemaOf(1)).rejects.toThrow('not a response of a schema registry');
  });

  test('gets user name and password, and causes a FatalError if it rejects them', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response
        .writeHead(401, { 'content-type': 'application/json' })
        .end('{"error_code":401,"message":"Unauthorized"}');
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const withPassword = new ConfluentSchemaRegistry({
      url: `http://127.0.0.1:${port}`,
      username: 'ann',
      password: 'pä',
    });
    await expect(withPassword.idsOfRegistered()).rejects.toThrow(FatalError);
    await expect(withPassword.schemaOf(1)).rejects.not.toBeInstanceOf(FatalError);
    expect(new Set(seen)).toEqual(new Set([`Basic ${Buffer.from('ann:pä').toString('base64')}`]));
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  test('is rejected if its URL contains a user name', () => {
    expect(() => new ConfluentSchemaRegistry({ url: 'http://ann:secret@127.0.0.1' })).toThrow(FatalError);
  });
});
