/** Brokers die by kill -9, alone or in company. */

import type { Cell, Phase } from '../fault-case.ts';
import { PHASES } from '../fault-case.ts';
import type { Scene } from '../fault-environment.ts';
import { served } from '../recovery-probe.ts';

const AROUND_A_SEND: readonly Phase[] = PHASES.filter((phase) => phase !== 'under way');

const single: Omit<Cell, 'phase'> = {
  fault: 'kill -9 broker (single)',
  isDark: true,
  cause: async ({ brokers: [broker] }, caught) => {
    await broker?.kill9();
    caught.drop();
  },
  heal: async ({ brokers: [broker] }) => broker?.restart(),
};

const threeOfThem: Omit<Cell, 'phase'> = {
  fault: 'kill -9 one, then two of three brokers (min.insync.replicas 2)',
  setting: { brokers: 3 },
  isDark: true,
  lastsMs: 4_000,
  cause: async (scene, caught) => {
    const leader = await leaderOf(scene, 'open-air');
    const from = performance.now();
    await leader?.kill9();
    caught.drop();
    await served(scene);
    scene.notes.push(`two brokers served after ${Math.round(performance.now() - from)} ms`);
    scene.strikes(); // so far somebody served
    await scene.brokers.find((broker) => broker !== leader)?.kill9();
  },
  heal: async ({ brokers }) => {
    await Promise.all(brokers.filter(({ isAlive }) => !isAlive()).map((broker) => broker.restart()));
  },
};

export const BROKERS: readonly Cell[] = [
  ...AROUND_A_SEND.map((phase) => ({ ...single, phase })),
  ...AROUND_A_SEND.map((phase) => ({ ...threeOfThem, phase })),
];

/** The broker that leads the partition of a concert; its node id is its number, from 1. */
async function leaderOf({ installation, brokers }: Scene, concertId: string) {
  const { topics } = await installation.withAdmin((admin) =>
    admin.fetchTopicMetadata({ topics: [installation.topic] }),
  );
  const wanted = installation.partitionOf(concertId);
  const found = topics[0]?.partitions.find(({ partitionId }) => partitionId === wanted);
  return brokers[(found?.leader ?? 0) - 1];
}
