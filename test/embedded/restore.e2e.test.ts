/** A data directory restored from a copy of a stopped or running server. */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Api, type EntryAccepted, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

const concertId = 'concert';

describe('a data directory', () => {
  const resources = testResources();
  let installation: Installation;
  let server: ServerProcess;
  let api: Api;
  let early: EntryAccepted;
  let late: EntryAccepted;

  const file = () => `${installation.topic}.sqlite`;
  const begin = async (directory: string, settings: Readonly<Record<string, string>> = {}) => {
    server = await installation.start({ DATA_DIRECTORY: directory, ...settings });
    api = installation.apiOf(server);
  };
  const entryOf = async (token: string) => granted(await api.myEntry(concertId, token));
  const folderFor = async (copy: string) => {
    const folder = join(installation.directory, copy);
    await mkdir(folder);
    return folder;
  };

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 1 }));
    await begin(installation.directory);
    granted(await api.configure(concertId));
    granted(await api.changeState(concertId, 'pause'));
    early = granted(await api.requestEntry(concertId, 'early'));
    await eventually(async () => (await entryOf(early.entryToken)).state === 'WAITING');
  }, 180_000);

  test('is copied with the SQLite backup while its server runs, and a server continues from the copy', async () => {
    const folder = await folderFor('while-it-runs');
    const source = new DatabaseSync(join(installation.directory, file()), { readOnly: true });
    await backup(source, join(folder, file()));
    source.close();
    late = granted(await api.requestEntry(concertId, 'late'));
    await server.stop();
    await begin(folder);
    expect(await eventually(() => entryOf(early.entryToken))).toMatchObject({ state: 'WAITING', position: 1 });
    await server.stop();
  }, 60_000);

  test('is copied as files when its server is stopped', async () => {
    const folder = await folderFor('when-stopped');
    await copyFile(join(installation.directory, file()), join(folder, file()));
    await begin(folder);
    expect(await eventually(() => entryOf(late.entryToken))).toMatchObject({ state: 'WAITING', position: 2 });
    await server.stop();
  }, 60_000);

  test('that is older than some acknowledged requests gets a new secret: users request again, and known users keep their places', async () => {
    await begin(join(installation.directory, 'while-it-runs'), {
      ENTRY_TOKEN_SECRETS: 'another secret of thirty-two characters',
    });
    for (const { entryToken } of [early, late]) expect((await api.myEntry(concertId, entryToken)).status).toBe(401);
    const again = async (userId: string) => {
      const { entryToken } = granted(await api.requestEntry(concertId, userId));
      return eventually(async () => {
        const entry = await entryOf(entryToken);
        return entry.state === 'WAITING' && entry;
      });
    };
    await again('another');
    expect(await again('early')).toMatchObject({ position: 1, receipt: early.receipt });
    expect(await again('late')).toMatchObject({ position: 3 });
    await server.stop();
  }, 60_000);
});
