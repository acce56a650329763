/** A data directory whose table of schemas was replaced, as by a dump without its ids. */
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { granted } from '../support/api.ts';
import { command } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { resourcesOfEachTest } from '../support/test-resources.ts';

const concertId = 'concert';
const REFUSAL =
  /^concert-queue: (LOG_UNAVAILABLE: )?schema id \d+ wrote concert\.queue\.\w+, but the schema table of the log file gives [^\n]+ for it\. [^\n]+\n$/;
const resources = resourcesOfEachTest();

const SWAPPED = { QueuePaused: 'QueueResumed', QueueResumed: 'QueuePaused' };

/** Gives the schemas of a log file other ids. */
function renumber(database: DatabaseSync, idOf: (id: number, record: string) => number | string): void {
  const rows = database.prepare('SELECT id, record, text FROM schema ORDER BY id').all();
  const ids = new Map(rows.map(({ id, record }) => [String(record), Number(id)]));
  database.exec('BEGIN; DELETE FROM schema');
  for (const { id, record, text } of rows) {
    const given = idOf(Number(id), String(record));
    const insert = database.prepare('INSERT INTO schema (id, record, text) VALUES (?, ?, ?)');
    insert.run(typeof given === 'string' ? (ids.get(given) ?? 0) : given, String(record), String(text));
  }
  database.exec('COMMIT');
}

test.each([
  ['swapped', (_: number, record: string) => SWAPPED[record as keyof typeof SWAPPED] ?? record],
  ['shifted', (id: number) => id + 1],
])(
  'with %s ids is refused and not changed; the right table continues',
  async (_, idOf) => {
    const installation = resources().use(await Installation.create({ partitions: 1 }));
    const server = await installation.start();
    const api = installation.apiOf(server);
    granted(await api.configure(concertId));
    granted(await api.changeState(concertId, 'pause'));
    const { entryToken } = granted(await api.requestEntry(concertId, 'ann'));
    await eventually(async () => granted(await api.myEntry(concertId, entryToken)).state === 'WAITING');
    await server.stop();

    const inFile = <T>(work: (database: DatabaseSync) => T): T => {
      const database = new DatabaseSync(installation.local?.file ?? '');
      try {
        return work(database);
      } finally {
        database.close();
      }
    };
    const contents = () =>
      inFile((database) =>
        ['log', 'schema', 'record', 'dead_letter'].map((table) => database.prepare(`SELECT * FROM ${table}`).all()),
      );
    const right = inFile((database) => database.prepare('SELECT id, record FROM schema').all());
    inFile((database) => renumber(database, idOf));
    const damaged = contents();

    const refused = await installation.launch();
    expect(await refused.ended).toEqual({ status: 1, signal: null });
    expect(refused.complaints).toMatch(REFUSAL);
    const audit = await command(installation, 'audit', '--concert', concertId);
    expect(audit).toEqual({ status: 1, out: '', err: expect.stringMatching(REFUSAL) });
    expect(contents()).toEqual(damaged);

    inFile((database) =>
      renumber(database, (_id, name) => Number(right.find(({ record }) => record === name)?.['id'])),
    );
    const again = installation.apiOf(await installation.start());
    expect(granted(await again.queue(concertId)).state).toBe('PAUSED');
    expect(granted(await again.myEntry(concertId, entryToken)).state).toBe('WAITING');
    await expectStoredEqualsFold(installation);
  },
  90_000,
);
