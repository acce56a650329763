/** Somebody changes the topic under the running system. */
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../../support/eventually.ts';
import { readTopic } from '../../support/log-reader.ts';
import { projected } from '../../support/progress.ts';
import type { ServerProcess } from '../../support/server.ts';
import type { Cell, Ordeal } from '../fault-case.ts';
import type { Scene } from '../fault-environment.ts';

const ENDS_WITHIN_MS = 40_000;

export const TOPICS: readonly (Cell | Ordeal)[] = [
  {
    fault: 'partition count changed',
    phase: 'under way',
    cause: async ({ installation }) => {
      const { topic, partitions } = installation;
      await installation.withAdmin((admin) =>
        admin.createPartitions({ topicPartitions: [{ topic, count: partitions + 1 }] }),
      );
    },
    heal: async () => undefined,
    afterwards: (scene) => refusesToStart(scene, /partitions=3/),
  },
  {
    fault: 'topic truncated behind the projection',
    phase: 'under way',
    cause: async (scene) => {
      scene.formerLog = await readTopic(scene.installation, scene.installation.topic);
      await projected(scene.installation, 10_000);
      await truncateBehind(scene);
    },
    heal: async () => undefined,
    afterwards: (scene) => refusesToStart(scene, /truncated/),
  },
  {
    fault: 'topic truncated ahead of the projection',
    phase: 'under way',
    play: async (scene) => {
      await visit(scene, 20);
      scene.projector.pause();
      await visit(scene, 50);
      scene.formerLog = await readTopic(scene.installation, scene.installation.topic);
      await truncateBehind(scene);
      scene.projector.resume();
      scene.notes.push(`the projector ended: ${await lastWords(scene.projector, /truncated/)}`);
    },
  },
  {
    fault: 'topic recreated',
    phase: 'under way',
    play: async (scene) => {
      const { topic, partitions } = scene.installation;
      await visit(scene, 50);
      let isOver = false;
      const told = new Map<string, number>();
      const knocking = knock(scene, told, () => isOver);
      await scene.installation.withAdmin(async (admin) => {
        await admin.deleteTopics({ topics: [topic] });
        told.clear();
        const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
        await eventually(() => admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }] }));
      });
      const words = await lastWords(scene.projector, /recreated/).finally(() => {
        isOver = true;
      });
      await knocking;
      const others = [...told].filter(([what]) => what !== 'broken' && !what.startsWith('503'));
      if (others.length > 0) throw new Error(`a recreated log answered ${JSON.stringify(others)}`);
      scene.notes.push(
        `the projector ended: ${words}`,
        `answers to requests for entry: ${[...told.keys()].join(', ')}`,
      );
    },
  },
];

const CONCERT = 'open-air';
const POLICY = { capacity: 5, admissionsPerMinute: 600, claimWindowSeconds: 5, activeWindowSeconds: 5 };

/** A concert is there, and so many come. */
async function visit({ door }: Scene, users: number): Promise<void> {
  const { ok } = await door.api.configure(CONCERT, POLICY);
  if (!ok) throw new Error('not configured');
  for (let user = 0; user < users; user++) await door.api.requestEntry(CONCERT, `${performance.now()}`);
}

async function knock({ door }: Scene, told: Map<string, number>, isOver: () => boolean): Promise<void> {
  for (let number = 0; !isOver(); number++) {
    const answer = await door.api.requestEntry(CONCERT, `knocks-${number}`).catch(() => undefined);
    const what = answer ? `${answer.status}${answer.ok ? '' : ` ${answer.body.code}`}` : 'broken';
    told.set(what, (told.get(what) ?? 0) + 1);
    await pause(20);
  }
}

/** All that was read of the log is gone, and nothing else; its offsets go on. */
function truncateBehind({ installation, formerLog }: Scene): Promise<void> {
  const { topic } = installation;
  const ends = new Map(formerLog.map(({ partition, offset }) => [partition, offset + 1]));
  const partitions = [...ends].map(([partition, end]) => ({ partition, offset: `${end}` }));
  return installation.withAdmin(async (admin) => {
    await admin.fetchTopicOffsets(topic); // kafkajs deletes nothing of a topic whose leaders it has not asked for
    await admin.deleteTopicRecords({ topic, partitions });
  });
}

async function refusesToStart(scene: Scene, why: RegExp): Promise<void> {
  await scene.projector.kill9();
  scene.notes.push(`a start is refused: ${await lastWords(await scene.launch('projector'), why)}`);
}

/** What a process says that ends by itself: one line, and status 1. */
async function lastWords(server: ServerProcess, why: RegExp): Promise<string> {
  await eventually(() => !server.alive, { within: ENDS_WITHIN_MS });
  const { status } = await server.ended;
  const words = server.complaints.trim();
  if (status !== 1 || !why.test(words) || words.includes('\n')) throw new Error(`ended with ${status}: ${words}`);
  return words.replace(/\S*queue\.entry/, 'queue.entry');
}
