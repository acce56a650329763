import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { command } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { readTopic } from '../support/log-reader.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

const POLICY = ['--capacity', '5', '--admissions-per-minute', '60'];
const WINDOWS = ['--claim-window-seconds', '60', '--active-window-seconds', '600'];

describe('the audit trail', () => {
  const resources = testResources();
  let installation: Installation;
  let server: ServerProcess;
  let api: Api;

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 1 }));
    server = await installation.start({ LOG_LEVEL: 'debug' });
    api = installation.apiOf(server);
    granted(await api.configure('tour'));
  }, 60_000);

  const lines = (): Record<string, unknown>[] =>
    server.output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line): Record<string, unknown> => JSON.parse(line));

  test('connects a request, its record and the log line of the projection by one id, without secrets', async () => {
    const answer = await fetch(`${server.url}/v1/concerts/tour/queue/entries`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'from-the-shop.1' },
      body: JSON.stringify({ userId: 'ann-of-the-trail' }),
    });
    expect(answer.status).toBe(202);
    const { entryToken } = granted(await api.requestEntry('tour', 'bo'));
    const records = await readTopic(installation, installation.topic);
    const record = records.find(({ key }) => key === 'ann-of-the-trail:tour');
    expect(record?.headers['request-id']).toBe('from-the-shop.1');
    const ofRequest = await eventually(() => {
      const found = lines().filter(({ requestId }) => requestId === 'from-the-shop.1');
      return found.length >= 2 && found;
    });
    expect(ofRequest).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ context: 'access', status: 202, method: 'POST' }),
        expect.objectContaining({
          msg: 'folded',
          event: 'QueueEntryRequested',
          partition: 0,
          offset: record?.offset,
        }),
      ]),
    );
    for (const secret of [installation.adminToken, installation.tokenSecret, entryToken, 'ann-of-the-trail'])
      expect(server.output).not.toContain(secret);
  });

  test('names the operator, the operation and the time, over REST and GraphQL', async () => {
    granted(await api.changeState('tour', 'pause'));
    const disqualified = await api.ask('DELETE', '/v1/concerts/tour/queue/entries/bo', {
      token: installation.adminToken,
    });
    expect(disqualified.status).toBe(202);
    expect(await command(installation, 'queue', 'resume', '--concert', 'tour')).toMatchObject({ status: 0 });
    const { out } = await command(installation, 'audit', '--concert', 'tour', '--json');
    const audit: { acts: { event: string; actor: string; time: string; userId?: string }[] } = JSON.parse(out);
    expect(audit.acts.map(({ event, actor, userId }) => [event, actor.replace(/^cli:.+@.+$/, 'cli'), userId])).toEqual([
      ['QueueConfigured', 'ADMIN_TOKEN', undefined],
      ['QueuePaused', 'ADMIN_TOKEN', undefined],
      ['UserDisqualified', 'ADMIN_TOKEN', 'bo'],
      ['QueueResumed', 'cli', undefined],
    ]);
    for (const { time } of audit.acts) expect(time).toMatch(/^\d{4}-\d\d-\d\dT/);

    const tail = await command(installation, 'events', 'tail', '--from', 'start', '--no-follow', '--concert', 'tour');
    expect(tail.out).toMatch(/QueuePaused {2,}tour {2}\(by ADMIN_TOKEN\)/);
    expect(tail.out).toMatch(/QueueResumed {2,}tour {2}\(by cli:.+@.+\)/);
    expect(tail.out.split('\n').filter((line) => line.includes('QueueEntryRequested') && line.includes('(by'))).toEqual(
      [],
    );
    expect(lines().filter(({ context, operator }) => context === 'access' && operator === 'ADMIN_TOKEN')).toHaveLength(
      3,
    );
  });

  test('names no actor for events of admission control', async () => {
    const line = ['queue', 'configure', '--concert', 'tour', ...POLICY, ...WINDOWS];
    expect(await command(installation, ...line)).toMatchObject({ status: 0 });
    const admitted = await eventually(async () => {
      const records = await readTopic(installation, installation.topic);
      return records.find(({ key, headers }) => key === 'tour' && headers['request-id'] === undefined) ?? false;
    });
    expect(admitted.headers['actor']).toBeUndefined();
  });
});
