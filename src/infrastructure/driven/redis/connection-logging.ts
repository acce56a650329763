import { Cluster, type Redis } from 'ioredis';

/** Warns once when Redis is lost, with the reason, and once when it is back. */
export function logConnection(client: Redis | Cluster, warn: (message: string) => void): void {
  let away = false;
  let said = Promise.resolve();
  client.on('error', (met: Error) => {
    if (away) return;
    away = true;
    const reason = client instanceof Cluster ? causeOf(client, met) : met;
    said = said.then(async () => {
      const { message, name } = await reason;
      warn(`Redis is away: ${message || name}`);
    });
  });
  client.on('ready', () => {
    if (away) said = said.then(() => warn('Redis answers again.'));
    away = false;
  });
}

/**
 * What keeps a cluster's client out: a password, a certificate, a port where nobody listens. The client says only that no node
 * answers, and drops what it met there; so a node that it has just tried is tried once more.
 */
async function causeOf(cluster: Cluster, error: Error): Promise<Error> {
  const node = cluster.nodes()[0]?.duplicate({ lazyConnect: true, retryStrategy: null });
  if (!node) return error;
  let met: Error | undefined;
  node.on('error', (first: Error) => (met ??= first));
  await node.connect().catch((closed: Error) => (met ??= closed));
  node.disconnect();
  return met ?? error;
}
