/** The operator's notice in every API, and in every tool that reads the log. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { command } from '../support/command-line.ts';
import { EventStream } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';

const late = { en: 'We open late.\nSorry.', ko: '늦게 시작합니다.' };
const open = { en: 'We are open.' };

describe('a notice', () => {
  const resources = testResources();
  let installation: Installation;
  let server: ServerProcess;
  let api: Api;

  beforeAll(async () => {
    installation = resources.use(await Installation.create());
    server = await installation.start();
    api = installation.apiOf(server);
  }, 120_000);

  const textsOf = async (concertId: string) => granted(await api.queue(concertId)).notice?.texts;
  const isShown = (concertId: string, texts: object | undefined) =>
    eventually(async () => JSON.stringify(await textsOf(concertId)) === JSON.stringify(texts));
  const follow = async (concertId: string, token: string, lastEventId?: string): Promise<EventStream> => {
    const url = `${server.url}/v1/concerts/${concertId}/queue/entries/me/events`;
    const stream = await EventStream.open(url, token, lastEventId);
    resources.defer(() => stream.close());
    return stream;
  };
  const cli = async (...args: readonly string[]) => {
    const { status, out, err } = await command(installation, ...args);
    expect([status, err]).toEqual([0, '']);
    return out;
  };

  test('is in the queue document over REST and GraphQL until it is removed', async () => {
    granted(await api.configure('document'));
    expect(await textsOf('document')).toBeUndefined();
    const { notice, projectedOffset } = granted(await api.postNotice('document', { ...late, 'pt-br': 'Atrasado.' }));
    const texts = { ...late, 'pt-BR': 'Atrasado.' };
    expect(notice).toEqual({ texts, postedAt: expect.stringMatching(/^\d{4}-.*Z$/) });
    await isShown('document', texts);
    expect(granted(await api.queue('document'))).toMatchObject({ notice, projectedOffset });
    const query = '{ queue(concertId: "document") { notice { texts { language text } postedAt } } }';
    const graphql = granted(await api.ask('POST', '/graphql', { body: { query } }));
    const list = Object.entries(texts).map(([language, text]) => ({ language, text }));
    expect(graphql).toEqual({ data: { queue: { notice: { texts: list, postedAt: notice?.postedAt } } } });
    expect(granted(await api.postNotice('document', {}))).not.toHaveProperty('notice');
    await isShown('document', undefined);
  });

  test('that is not valid, or is for an unknown queue, is rejected', async () => {
    granted(await api.configure('rejected'));
    const code = async (concertId: string, texts: Readonly<Record<string, string>>) =>
      (await api.postNotice(concertId, texts)).body;
    expect(await code('rejected', { english_us: 'Late.' })).toMatchObject({
      code: 'INVALID_REQUEST',
      detail: expect.stringContaining('"english_us" is not a language tag'),
    });
    expect(await code('rejected', { en: '\u0007' })).toMatchObject({
      code: 'INVALID_REQUEST',
      detail: expect.stringContaining('control characters'),
    });
    expect(await code('unknown', late)).toMatchObject({ code: 'CONCERT_NOT_FOUND' });
    expect(await textsOf('rejected')).toBeUndefined();
  });

  test('may have the largest size in every API', async () => {
    granted(await api.configure('large'));
    const languages = ['en', 'ko', 'ja', 'zh-Hant', 'fr', 'de', 'es', 'pt', 'th', 'vi'];
    const texts = Object.fromEntries(languages.map((language) => [language, '가🎫'.repeat(500)]));
    expect(granted(await api.postNotice('large', texts)).notice?.texts).toEqual(texts);
    const { entryToken } = granted(await api.requestEntry('large', 'ann'));
    const stream = await follow('large', entryToken);
    await eventually(() => stream.queues.length > 0 && stream.entries.some(({ state }) => state === 'READY'));
    expect(stream.queues[0]?.notice?.texts).toEqual(texts);
  });

  test('and the state of the queue are sent on streams when they open and after each change', async () => {
    granted(await api.configure('stream'));
    granted(await api.changeState('stream', 'pause'));
    const { entryToken } = granted(await api.requestEntry('stream', 'ann'));
    const stream = await follow('stream', entryToken);
    const isLast = (state: string, texts?: object) =>
      eventually(() => {
        const last = stream.queues.at(-1);
        return last?.state === state && JSON.stringify(last.notice?.texts) === JSON.stringify(texts);
      });
    await isLast('PAUSED');
    granted(await api.postNotice('stream', late));
    await isLast('PAUSED', late);
    granted(await api.changeState('stream', 'resume'));
    await isLast('OPEN', late);
    granted(await api.postNotice('stream', open));
    await isLast('OPEN', open);
    granted(await api.changeState('stream', 'close'));
    await isLast('CLOSED', open);
    granted(await api.postNotice('stream', {}));
    await isLast('CLOSED');
    expect(stream.queues).toHaveLength(6);

    const again = await follow('stream', entryToken, stream.lastEventId);
    await eventually(() => again.queues.length > 0);
    expect(again.queues).toEqual([{ state: 'CLOSED' }]);
  });

  test('is posted and removed from the command line', async () => {
    granted(await api.configure('cli'));
    const posted = await cli('queue', 'notice', '--concert', 'cli', '--text', 'en=We open late.', '--text', 'ko=늦게');
    expect(posted).toMatch(/^notice\.texts\.en +We open late\.$/m);
    expect(posted).toMatch(/^notice\.texts\.ko +늦게$/m);
    await isShown('cli', { en: 'We open late.', ko: '늦게' });
    const removed: object = JSON.parse(await cli('queue', 'notice', '--concert', 'cli', '--remove', '--json'));
    expect(removed).not.toHaveProperty('notice');
    await isShown('cli', undefined);
    const { status, err } = await command(installation, 'queue', 'notice', '--concert', 'cli', '--text', 'x_y=Late.');
    expect([status, err]).toEqual([1, expect.stringMatching(/^concert-queue: INVALID_REQUEST: .*language tag/)]);
  }, 120_000);

  test('is kept by a rebuild and a restart, and shown for any offset of the log', async () => {
    granted(await api.configure('kept'));
    const { projectedOffset } = granted(await api.postNotice('kept', late));
    granted(await api.postNotice('kept', open));
    await cli('projections', 'rebuild', '--concert', 'kept');
    await isShown('kept', open);
    const past = await cli('events', 'show', '--concert', 'kept', '--at', `${projectedOffset}`, '--json');
    expect(JSON.parse(past)).toMatchObject({ queue: { notice: { texts: late } } });
    const audit: { readonly passed: boolean; readonly acts: readonly { readonly event: string }[] } = JSON.parse(
      await cli('audit', '--concert', 'kept', '--json'),
    );
    expect(audit.acts.map(({ event }) => event)).toEqual(['QueueConfigured', 'NoticePosted', 'NoticePosted']);
    expect(audit.passed).toBe(true);
    await cli('projections', 'verify', '--concert', 'kept');
    await expectStoredEqualsFold(installation);
    expect(await server.stop()).toEqual({ status: 0, signal: null });
    server = await installation.start();
    api = installation.apiOf(server);
    await isShown('kept', open);
  }, 180_000);
});
