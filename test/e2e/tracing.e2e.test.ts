import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT } from '../../tools/stack/settings.ts';
import { granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { readTopic } from '../support/log-reader.ts';
import { type ReceivedSpan, receiveTraces } from '../support/otlp.ts';

/** Formats a trace like the docs: each span below its parent, in the order of start times. */
function tree(spans: readonly ReceivedSpan[], parentId = '', indent = ''): string[] {
  const children = spans.filter((span) => span.parentId === parentId).toSorted((a, b) => a.from - b.from);
  return children.flatMap((span, index) => {
    const isLast = index === children.length - 1;
    const own = parentId === '' ? '' : `${indent}${isLast ? '└─' : '├─'} `;
    const below = parentId === '' ? '' : `${indent}${isLast ? '   ' : '│  '}`;
    return [`${own}${span.name}`, ...tree(spans, span.spanId, below)];
  });
}

test('one trace covers the entry request, the log and the view across processes, as documented', async () => {
  await using receiver = await receiveTraces();
  await using installation = await Installation.create({ partitions: 1 });
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
  const page = readFileSync(join(PROJECT, 'docs', 'observability.md'), 'utf8');
  const shown = [...page.matchAll(/^ {4}(.*?) {2,}\d+\.\d ms .*\d+\.\d ms/gm)].map(([, name]) => name);
  const trace = await eventually(
    () => {
      const spans = receiver.spans.filter((span) => span.traceId === traceId);
      return spans.some(({ name }) => name === 'project') && spans.length >= shown.length && spans;
    },
    { within: 20_000 },
  );
  expect(shown.length).toBeGreaterThan(4);
  expect(tree(trace).map((line) => line.replace(installation.prefix, ''))).toEqual(shown);
  expect(await server.stop()).toMatchObject({ status: 0 });
  expect(await projector.stop()).toMatchObject({ status: 0 });
}, 120_000);
