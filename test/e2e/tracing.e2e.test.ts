import { expect, test } from '@jest/globals';
import { granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { readTopic } from '../support/log-reader.ts';
import { type ReceivedSpan, receiveTraces } from '../support/otlp.ts';

test('one trace leads from the request of an entry over the log to the view, across processes', async () => {
  const [installation, receiver] = await Promise.all([Installation.create({ partitions: 1 }), receiveTraces()]);
  try {
    const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '200' };
    const projector = await installation.start({ ROLES: 'projector', ...traced });
    const server = await installation.start({ ROLES: 'api', ...traced });
    const api = installation.apiOf(server);
    granted(await api.configure('tour'));
    granted(await api.requestEntry('tour', 'ann'));
    const record = await eventually(async () => {
      const records = await readTopic(installation, installation.topic);
      return records.find(({ key }) => key === 'ann:tour') ?? false;
    });
    const [, traceId] = (record.headers['traceparent'] ?? '').split('-');
    const trace = await eventually(
      () => {
        const spans = receiver.spans.filter((span) => span.traceId === traceId);
        return spans.some(({ name }) => name === 'project') && spans.length >= 4 && spans;
      },
      { within: 20_000 },
    );
    const path: ReceivedSpan[] = [];
    const first = trace.find(({ name }) => name === 'POST' || name.startsWith('POST '));
    for (let next = first; next; next = trace.find(({ parentId }) => parentId === path.at(-1)?.spanId)) path.push(next);
    expect(path.map(({ name }) => name.split(' ', 1)[0])).toEqual(['POST', 'send', 'project', 'evalsha']);
    process.stderr.write(`tracing: ${trace.map(({ name }) => name).join(', ')}\n`);
    expect(await server.stop()).toMatchObject({ status: 0 });
    expect(await projector.stop()).toMatchObject({ status: 0 });
  } finally {
    await installation.close();
    await receiver.close();
  }
}, 120_000);
