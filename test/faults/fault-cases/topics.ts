/** The topic is changed while the system runs. */
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../../support/eventually.ts';
import { readTopic } from '../../support/log-reader.ts';
import { projected } from '../../support/progress.ts';
import type { ServerProcess } from '../../support/server.ts';
import type { FaultCase, LogLossCase } from '../fault-case.ts';
import type { FaultEnvironment } from '../fault-environment.ts';

const EXIT_TIMEOUT_MS = 40_000;

export const TOPIC_CASES: readonly (FaultCase | LogLossCase)[] = [
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
    verify: (environment) => expectStartToFail(environment, /partitions=3/),
  },
  {
    fault: 'topic truncated behind the projection',
    phase: 'under way',
    cause: async (environment) => {
      environment.formerLog = await readTopic(environment.installation, environment.installation.topic);
      await projected(environment.installation, 10_000);
      await truncateBehind(environment);
    },
    heal: async () => undefined,
    verify: (environment) => expectStartToFail(environment, /truncated/),
  },
  {
    fault: 'topic truncated ahead of the projection',
    phase: 'under way',
    run: async (environment) => {
      await enterUsers(environment, 20);
      environment.projector.pause();
      await enterUsers(environment, 50);
      environment.formerLog = await readTopic(environment.installation, environment.installation.topic);
      await truncateBehind(environment);
      environment.projector.resume();
      environment.notes.push(`the projector ended: ${await lastMessage(environment.projector, /truncated/)}`);
    },
  },
  {
    fault: 'topic recreated',
    phase: 'under way',
    run: async (environment) => {
      const { topic, partitions } = environment.installation;
      await enterUsers(environment, 50);
      let isOver = false;
      const response = new Map<string, number>();
      const requesting = requestUntil(environment, response, () => isOver);
      await environment.installation.withAdmin(async (admin) => {
        await admin.deleteTopics({ topics: [topic] });
        response.clear();
        const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
        await eventually(() => admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }] }));
      });
      const words = await lastMessage(environment.projector, /recreated/).finally(() => {
        isOver = true;
      });
      await requesting;
      const others = [...response].filter(([what]) => what !== 'broken' && !what.startsWith('503'));
      if (others.length > 0) throw new Error(`a recreated topic answered ${JSON.stringify(others)}`);
      environment.notes.push(
        `the projector ended: ${words}`,
        `answers to requests for entry: ${[...response.keys()].join(', ')}`,
      );
    },
  },
];

const CONCERT = 'open-air';
const POLICY = { capacity: 5, admissionsPerMinute: 600, claimWindowSeconds: 5, activeWindowSeconds: 5 };

/** Configures the concert and sends entry requests. */
async function enterUsers({ driver }: FaultEnvironment, users: number): Promise<void> {
  const { ok } = await driver.api.configure(CONCERT, POLICY);
  if (!ok) throw new Error('not configured');
  for (let user = 0; user < users; user++) await driver.api.requestEntry(CONCERT, `${performance.now()}`);
}

async function requestUntil(
  { driver }: FaultEnvironment,
  response: Map<string, number>,
  isOver: () => boolean,
): Promise<void> {
  for (let number = 0; !isOver(); number++) {
    const answer = await driver.api.requestEntry(CONCERT, `user-${number}`).catch(() => undefined);
    const what = answer ? `${answer.status}${answer.ok ? '' : ` ${answer.body.code}`}` : 'broken';
    response.set(what, (response.get(what) ?? 0) + 1);
    await pause(20);
  }
}

/** Deletes exactly the records read before; the offsets continue. */
function truncateBehind({ installation, formerLog }: FaultEnvironment): Promise<void> {
  const { topic } = installation;
  const ends = new Map(formerLog.map(({ partition, offset }) => [partition, offset + 1]));
  const partitions = [...ends].map(([partition, end]) => ({ partition, offset: `${end}` }));
  return installation.withAdmin(async (admin) => {
    await admin.fetchTopicOffsets(topic); // kafkajs deletes records only after it has looked up the leaders
    await admin.deleteTopicRecords({ topic, partitions });
  });
}

async function expectStartToFail(environment: FaultEnvironment, reason: RegExp): Promise<void> {
  await environment.projector.kill9();
  environment.notes.push(`a start is refused: ${await lastMessage(await environment.launch('projector'), reason)}`);
}

/** The message of a process that exits with status 1 and one line. */
async function lastMessage(server: ServerProcess, reason: RegExp): Promise<string> {
  await eventually(() => !server.alive, { within: EXIT_TIMEOUT_MS });
  const { status } = await server.ended;
  const words = server.complaints.trim();
  if (status !== 1 || !reason.test(words) || words.includes('\n')) throw new Error(`ended with ${status}: ${words}`);
  return words.replace(/\S*queue\.entry/, 'queue.entry');
}
