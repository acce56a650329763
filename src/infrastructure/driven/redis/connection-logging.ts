import { Cluster, type Redis } from 'ioredis';

/** Warns once when the connection is lost, with the reason, and once when it is restored. */
export function logConnection(client: Redis | Cluster, warn: (message: string) => void): void {
  let lost = false;
  let logged = Promise.resolve();
  client.on('error', (failure: Error) => {
    if (lost) return;
    lost = true;
    const reason = client instanceof Cluster ? causeOf(client, failure) : failure;
    logged = logged.then(async () => {
      const { message, name } = await reason;
      warn(`Redis is unavailable: ${message || name}`);
    });
  });
  client.on('ready', () => {
    if (lost) logged = logged.then(() => warn('Redis is available again.'));
    lost = false;
  });
}

/**
 * The cause why a cluster client cannot connect, for example a password, a certificate or a closed port. The cluster client
 * reports only that no node is available, so this connects to one of the nodes again.
 */
async function causeOf(cluster: Cluster, error: Error): Promise<Error> {
  const node = cluster.nodes()[0]?.duplicate({ lazyConnect: true, retryStrategy: null });
  if (!node) return error;
  let cause: Error | undefined;
  node.on('error', (first: Error) => (cause ??= first));
  await node.connect().catch((closed: Error) => (cause ??= closed));
  node.disconnect();
  return cause ?? error;
}
