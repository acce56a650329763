/** The network between the processes and the broker, or the view, goes bad. */

import type { Caught, TcpProxy } from '../../support/tcp-proxy.ts';
import type { Cell } from '../fault-case.ts';
import { PHASES } from '../fault-case.ts';
import type { Scene } from '../fault-environment.ts';

interface Badness {
  readonly name: string;
  readonly lastsMs: number;
  readonly isDark?: true;
  readonly begin: (proxy: TcpProxy) => void;
  /** Whether what was caught is lost with its connection; else it goes on in the bad network. */
  readonly loses: boolean;
}

const BADNESSES: readonly Badness[] = [
  { name: 'cut', lastsMs: 3_000, isDark: true, begin: (proxy) => proxy.cut(), loses: true },
  { name: 'latency of 300 ms', lastsMs: 4_000, begin: (proxy) => proxy.delay(300), loses: false },
  // Longer than whoever waits for an answer has patience.
  { name: 'black hole', lastsMs: 8_000, isDark: true, begin: (proxy) => proxy.blackHole(), loses: false },
  { name: 'reset', lastsMs: 0, begin: (proxy) => proxy.reset(), loses: true },
];

const TARGETS: Readonly<Record<string, (scene: Scene) => readonly TcpProxy[]>> = {
  broker: ({ kafkaProxies }) => kafkaProxies,
  Redis: ({ redisProxy }) => [redisProxy],
};

export const NETWORKS: readonly Cell[] = Object.entries(TARGETS).flatMap(([target, proxiesOf]) =>
  BADNESSES.flatMap(({ name, begin, loses, lastsMs, isDark }) =>
    PHASES.filter((phase) => phase !== 'under way').map((phase): Cell => {
      const strikesTheCaught = (target === 'Redis') === (phase === 'after apply, before commit');
      const release = (caught: Caught): void => (loses && strikesTheCaught ? caught.drop() : caught.pass());
      return {
        fault: `${name}, to the ${target}`,
        phase,
        lastsMs,
        ...(isDark && { isDark }),
        ...(name === 'reset' && target === 'Redis' && phase === 'after apply, before commit' && { short: true }),
        cause: async (scene, caught) => {
          for (const proxy of proxiesOf(scene)) begin(proxy);
          release(caught);
        },
        heal: async (scene) => {
          for (const proxy of proxiesOf(scene)) proxy.pass();
        },
      };
    }),
  ),
);
