import { setTimeout as pause } from 'node:timers/promises';
import { Installation } from '../support/installation.ts';
import { withServer } from '../support/local-log.ts';
import type { ServerProcess } from '../support/server.ts';
import { readHistory } from './checked-history.ts';
import type { History, LoggedRecord, Outage } from './history.ts';
import { type SimulationParameters, simulateUsers } from './simulated-users.ts';
import { StackApiDriver } from './stack-api-driver.ts';

export interface StackHistoryOptions {
  /** Extra settings of the projector. */
  readonly projector?: Readonly<Record<string, string>>;
  /** Whether the projector is killed and started again halfway. */
  readonly kills?: boolean;
  /** Runs beside the simulated users. */
  readonly alongside?: (installation: Installation) => Promise<void>;
}

/** Runs simulated users on the whole system, with unreadable records in its log, and reads the history. */
export async function stackHistory(
  seed: number,
  parameters: SimulationParameters,
  circumstances: StackHistoryOptions = {},
): Promise<History> {
  const installation = await Installation.create({ partitions: 2 });
  const { projector: settings = {}, kills = false, alongside } = circumstances;
  try {
    const [server, projector] = await started(installation, settings);
    let killedAt: number | undefined;
    const faults = async (): Promise<void> => {
      await pause(parameters.forMs / 2);
      await writeUnreadableRecords(installation);
      if (!kills) return;
      killedAt = Date.now();
      await projector.kill9();
      await installation.start({ ...settings, ROLES: 'projector' });
    };
    const api = new StackApiDriver(installation.apiOf(server), installation.adminToken);
    const { calls } = await simulateUsers(
      api,
      seed,
      parameters,
      async () => void (await Promise.all([faults(), alongside?.(installation)])),
    );
    return await readHistory(installation, { seed, calls, outages: (log) => outagesOf(log, killedAt) });
  } finally {
    await installation.close();
  }
}

/** The API and the projector; in embedded mode one process. */
async function started(
  installation: Installation,
  settings: Readonly<Record<string, string>>,
): Promise<readonly [api: ServerProcess, projector: ServerProcess]> {
  if (installation.local) {
    const all = await installation.start(settings);
    return [all, all];
  }
  return Promise.all([
    installation.start({ ...settings, ROLES: 'api' }),
    installation.start({ ...settings, ROLES: 'projector' }),
  ]);
}

async function writeUnreadableRecords(installation: Installation): Promise<void> {
  const { local, topic, partitions } = installation;
  if (local) {
    const [key, value] = [Buffer.from('unknown'), Buffer.from('no event')];
    const unreadable = { offset: 0, timestamp: 0, key, value, headers: {} };
    return withServer(local, async (server) => {
      for (let partition = 0; partition < partitions; partition++)
        await server.call('redrive.append', { ...unreadable, partition });
    });
  }
  const producer = installation.kafka.producer();
  await producer.connect();
  const messages = [...Array(partitions).keys()].map((partition) => ({
    partition,
    key: 'unknown',
    value: 'no event',
  }));
  await producer.send({ topic, messages });
  await producer.disconnect();
}

/** From the kill until the next event of admission control in the partition, in log time. */
function outagesOf(log: readonly LoggedRecord[], killedAt: number | undefined): Outage[] {
  if (killedAt === undefined) return [];
  const control = log.filter(
    ({ event, timestamp }) => /TimePassed|EntriesAdmitted/.test(event.type) && timestamp > killedAt,
  );
  return [...new Set(control.map(({ partition }) => partition))].map((partition) => {
    const back = control.filter((one) => one.partition === partition).map(({ timestamp }) => timestamp);
    return { partition, from: killedAt, to: Math.min(...back) };
  });
}
