/** HTTP with the valid token of one user. */
import { request } from 'node:http';
import type { Attack, Target } from '../target.ts';

/** Opens an event stream and leaves it unread; `for` ms. */
function stream(target: Target, forMs: number): Promise<void> {
  const { host, port, from } = target.order;
  return new Promise((resolve) => {
    const options = {
      host,
      port,
      localAddress: from,
      agent: false as const,
      path: `${target.entryPath}/events`,
      headers: target.authorized,
    };
    const call = request(options, (response) => {
      target.count(response.statusCode ?? 0);
      setTimeout(() => response.destroy(), forMs).unref();
      response.pause();
      response.once('close', resolve);
    });
    call.once('error', () => {
      target.count('broken');
      resolve();
    });
    call.end();
  });
}

export const ONE_USER_ATTACKS: Readonly<Record<string, Attack>> = {
  'event streams that reconnect': (target) => target.flood(64, () => stream(target, 5)),
  'event streams that stay': (target) => target.flood(100, () => stream(target, 60_000).then(() => undefined)),
  'distinct documents of a user': (target) =>
    target.flood(32, (index) =>
      target.post(
        '/graphql',
        JSON.stringify({
          query: `query Q${index} { ${'x'.repeat(1_500)}${index}: myEntry(concertId: "${target.order.concertId}") { state } }`,
        }),
        target.authorized,
      ),
    ),
  'completions of an admission that has ended': (target) =>
    target.flood(32, () =>
      target.post('/v1/admissions/complete', '{}', { authorization: `Bearer ${target.order.endedAdmissionToken}` }),
    ),
  'the token of another concert': (target) =>
    target.flood(32, (index) =>
      target.call(target.entryPath, {
        method: index % 2 === 0 ? 'GET' : 'DELETE',
        headers: { authorization: `Bearer ${target.order.otherEntryToken}` },
      }),
    ),
  'requests for its own entry': (target) =>
    target.flood(64, () => target.call(target.entryPath, { headers: target.authorized })),
};
