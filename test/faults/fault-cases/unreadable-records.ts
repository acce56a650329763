/** Records that cannot be read, and dead letters that cannot be written. */
import kafkajs from 'kafkajs';
import { writeRecords } from '../../support/producer.ts';
import { poisonOf } from '../../support/unreadable-record.ts';
import type { Cell } from '../fault-case.ts';
import type { Scene } from '../fault-environment.ts';

const CONCERT = 'open-air';
/** Less than a dead letter needs; what Kafka takes is more than any needs. */
const [TOO_SMALL, LARGE] = ['10', '2000000'];

export const POISONS: readonly Cell[] = [
  {
    fault: 'unreadable records of every kind',
    phase: 'under way',
    lastsMs: 0,
    crowd: { thinkMs: 1_500 },
    cause: async (scene) => {
      const poison = await poisonOf(scene.installation, CONCERT);
      for (const record of poison) await writeRecords(scene.installation, [record]);
      scene.notes.push(`${poison.length} records: ${poison.map(({ code }) => code).join(', ')}`);
    },
    heal: async () => undefined, // an unknown schema is believed after 30 s
  },
  {
    fault: 'one unreadable record',
    phase: 'under way',
    lastsMs: 0,
    cause: async ({ installation }) => {
      const [garbage] = await poisonOf(installation, CONCERT);
      if (garbage) await writeRecords(installation, [garbage]);
    },
    heal: async () => undefined,
  },
  {
    fault: 'dead letters cannot be written',
    phase: 'under way',
    lastsMs: 5_000,
    isDark: CONCERT,
    cause: async (scene) => {
      await limitLetters(scene, TOO_SMALL);
      const [record] = await poisonOf(scene.installation, CONCERT);
      if (record) await writeRecords(scene.installation, [record]);
    },
    heal: async (scene) => {
      const partition = scene.installation.partitionOf(CONCERT);
      const saysSo = scene.projector.output.includes(`partition ${partition} stands still`);
      scene.notes.push(saysSo ? 'the partition stopped and reported it' : 'the partition did not report it');
      if (!saysSo) throw new Error('a partition that cannot pass its poison must say so');
      await limitLetters(scene, LARGE);
    },
  },
];

function limitLetters({ installation }: Scene, bytes: string): Promise<unknown> {
  const name = installation.names.deadLetterTopic;
  const configEntries = [
    { name: 'max.message.bytes', value: bytes },
    { name: 'cleanup.policy', value: 'delete' },
    { name: 'retention.ms', value: '-1' },
  ];
  const type = kafkajs.ConfigResourceTypes.TOPIC;
  return installation.withAdmin((admin) =>
    admin.alterConfigs({ validateOnly: false, resources: [{ type, name, configEntries }] }),
  );
}
