/** kill -9 of one or several brokers. */

import type { FaultCase, Phase } from '../fault-case.ts';
import { PHASES } from '../fault-case.ts';
import type { FaultEnvironment } from '../fault-environment.ts';
import { waitUntilServed } from '../recovery-probe.ts';

const AROUND_A_SEND: readonly Phase[] = PHASES.filter((phase) => phase !== 'under way');

const singleBroker: Omit<FaultCase, 'phase'> = {
  fault: 'kill -9 broker (single)',
  outage: true,
  cause: async ({ brokers: [broker] }, held) => {
    await broker?.kill9();
    held.drop();
  },
  heal: async ({ brokers: [broker] }) => broker?.restart(),
};

const threeBrokers: Omit<FaultCase, 'phase'> = {
  fault: 'kill -9 one, then two of three brokers (min.insync.replicas 2)',
  setup: { brokers: 3 },
  outage: true,
  lastsMs: 4_000,
  cause: async (environment, held) => {
    const leader = await leaderOf(environment, 'open-air');
    const from = performance.now();
    await leader?.kill9();
    held.drop();
    await waitUntilServed(environment);
    environment.notes.push(`two brokers served after ${Math.round(performance.now() - from)} ms`);
    environment.markInjected(); // up to here two brokers served
    await environment.brokers.find((broker) => broker !== leader)?.kill9();
  },
  heal: async ({ brokers }) => {
    await Promise.all(brokers.filter(({ isAlive }) => !isAlive()).map((broker) => broker.restart()));
  },
};

export const BROKER_CASES: readonly FaultCase[] = [
  ...AROUND_A_SEND.map((phase) => ({ ...singleBroker, phase })),
  ...AROUND_A_SEND.map((phase) => ({ ...threeBrokers, phase })),
];

/** The broker that leads the partition of a concert; its node id is its number, from 1. */
async function leaderOf({ installation, brokers }: FaultEnvironment, concertId: string) {
  const { topics } = await installation.withAdmin((admin) =>
    admin.fetchTopicMetadata({ topics: [installation.topic] }),
  );
  const wanted = installation.partitionOf(concertId);
  const found = topics[0]?.partitions.find(({ partitionId }) => partitionId === wanted);
  return brokers[(found?.leader ?? 0) - 1];
}
