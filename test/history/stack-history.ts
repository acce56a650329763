import { setTimeout as pause } from 'node:timers/promises';
import { Installation } from '../support/installation.ts';
import { withServer } from '../support/local-log.ts';
import type { ServerProcess } from '../support/server.ts';
import { writtenHistory } from './checked-history.ts';
import type { History, Logged, Outage } from './history.ts';
import { type Size, sendCrowd } from './simulated-users.ts';
import { StackDoor } from './stack-api-driver.ts';

export interface Circumstances {
  /** Settings of the process that admits and projects, besides the usual. */
  readonly projector?: Readonly<Record<string, string>>;
  /** Whether that process is killed in the middle and started again. */
  readonly kills?: boolean;
  /** What else goes on while the crowd is there. */
  readonly besides?: (installation: Installation) => Promise<void>;
}

/** Lets a crowd at the whole system, with bytes in its log that nobody can read, and writes down what came of it. */
export async function stackHistory(seed: number, size: Size, circumstances: Circumstances = {}): Promise<History> {
  const installation = await Installation.create({ partitions: 2 });
  const { projector: settings = {}, kills = false, besides } = circumstances;
  try {
    const [door, projector] = await started(installation, settings);
    let killedAt: number | undefined;
    const faults = async (): Promise<void> => {
      await pause(size.forMs / 2);
      await sendRubbish(installation);
      if (!kills) return;
      killedAt = Date.now();
      await projector.kill9();
      await installation.start({ ...settings, ROLES: 'projector' });
    };
    const api = new StackDoor(installation.apiOf(door), installation.adminToken);
    const { calls } = await sendCrowd(
      api,
      seed,
      size,
      async () => void (await Promise.all([faults(), besides?.(installation)])),
    );
    return await writtenHistory(installation, { seed, calls, outages: (log) => outagesOf(log, killedAt) });
  } finally {
    await installation.close();
  }
}

/** The process that answers, and the one that admits and projects: embedded they are one. */
async function started(
  installation: Installation,
  settings: Readonly<Record<string, string>>,
): Promise<readonly [door: ServerProcess, projector: ServerProcess]> {
  if (installation.local) {
    const all = await installation.start(settings);
    return [all, all];
  }
  return Promise.all([
    installation.start({ ...settings, ROLES: 'api' }),
    installation.start({ ...settings, ROLES: 'projector' }),
  ]);
}

async function sendRubbish(installation: Installation): Promise<void> {
  const { local, topic, partitions } = installation;
  if (local) {
    const [key, value] = [Buffer.from('somebody'), Buffer.from('no event')];
    const rubbish = { offset: 0, timestamp: 0, key, value, headers: {} };
    return withServer(local, async (server) => {
      for (let partition = 0; partition < partitions; partition++)
        await server.call('redrive.append', { ...rubbish, partition });
    });
  }
  const producer = installation.kafka.producer();
  await producer.connect();
  const messages = [...Array(partitions).keys()].map((partition) => ({
    partition,
    key: 'somebody',
    value: 'no event',
  }));
  await producer.send({ topic, messages });
  await producer.disconnect();
}

/** From the kill until admission control says something again in a partition, in log time. */
function outagesOf(log: readonly Logged[], killedAt: number | undefined): Outage[] {
  if (killedAt === undefined) return [];
  const control = log.filter(
    ({ event, timestamp }) => /TimePassed|EntriesAdmitted/.test(event.type) && timestamp > killedAt,
  );
  return [...new Set(control.map(({ partition }) => partition))].map((partition) => {
    const back = control.filter((one) => one.partition === partition).map(({ timestamp }) => timestamp);
    return { partition, from: killedAt, to: Math.min(...back) };
  });
}
