/** Network faults between the processes and the broker or Redis. */

import type { HeldMessage, TcpProxy } from '../../support/tcp-proxy.ts';
import type { FaultCase } from '../fault-case.ts';
import { PHASES } from '../fault-case.ts';
import type { FaultEnvironment } from '../fault-environment.ts';

interface NetworkFault {
  readonly name: string;
  readonly lastsMs: number;
  readonly outage?: true;
  readonly begin: (proxy: TcpProxy) => void;
  /** Whether the held message is lost with its connection. */
  readonly dropsHeld: boolean;
}

const NETWORK_FAULTS: readonly NetworkFault[] = [
  { name: 'cut', lastsMs: 3_000, outage: true, begin: (proxy) => proxy.cut(), dropsHeld: true },
  { name: 'latency of 300 ms', lastsMs: 4_000, begin: (proxy) => proxy.delay(300), dropsHeld: false },
  // Longer than every request timeout.
  { name: 'black hole', lastsMs: 8_000, outage: true, begin: (proxy) => proxy.blackHole(), dropsHeld: false },
  { name: 'reset', lastsMs: 0, begin: (proxy) => proxy.reset(), dropsHeld: true },
];

const TARGETS: Readonly<Record<string, (environment: FaultEnvironment) => readonly TcpProxy[]>> = {
  broker: ({ kafkaProxies }) => kafkaProxies,
  Redis: ({ redisProxy }) => [redisProxy],
};

export const NETWORK_CASES: readonly FaultCase[] = Object.entries(TARGETS).flatMap(([target, proxiesOf]) =>
  NETWORK_FAULTS.flatMap(({ name, begin, dropsHeld, lastsMs, outage }) =>
    PHASES.filter((phase) => phase !== 'under way').map((phase): FaultCase => {
      const affectsHeld = (target === 'Redis') === (phase === 'after apply, before commit');
      const release = (held: HeldMessage): void => (dropsHeld && affectsHeld ? held.drop() : held.pass());
      return {
        fault: `${name}, to the ${target}`,
        phase,
        lastsMs,
        ...(outage && { outage }),
        ...(name === 'reset' && target === 'Redis' && phase === 'after apply, before commit' && { short: true }),
        cause: async (environment, held) => {
          for (const proxy of proxiesOf(environment)) begin(proxy);
          release(held);
        },
        heal: async (environment) => {
          for (const proxy of proxiesOf(environment)) proxy.pass();
        },
      };
    }),
  ),
);
