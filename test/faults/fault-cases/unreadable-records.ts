/** Unreadable records, and dead letters that cannot be written. */
import kafkajs from 'kafkajs';
import { writeRecords } from '../../support/producer.ts';
import { unreadableRecords } from '../../support/unreadable-record.ts';
import type { FaultCase } from '../fault-case.ts';
import type { FaultEnvironment } from '../fault-environment.ts';

const CONCERT = 'open-air';
/** Maximum message bytes: less than a dead letter needs, and more than any needs. */
const [TOO_SMALL, LARGE] = ['10', '2000000'];

export const UNREADABLE_RECORD_CASES: readonly FaultCase[] = [
  {
    fault: 'unreadable records of every kind',
    phase: 'under way',
    lastsMs: 0,
    simulation: { thinkMs: 1_500 },
    cause: async (environment) => {
      const unreadable = await unreadableRecords(environment.installation, CONCERT);
      for (const record of unreadable) await writeRecords(environment.installation, [record]);
      environment.notes.push(`${unreadable.length} records: ${unreadable.map(({ code }) => code).join(', ')}`);
    },
    heal: async () => undefined, // an unknown schema becomes a dead letter after 30 s
  },
  {
    fault: 'one unreadable record',
    phase: 'under way',
    lastsMs: 0,
    cause: async ({ installation }) => {
      const [garbage] = await unreadableRecords(installation, CONCERT);
      if (garbage) await writeRecords(installation, [garbage]);
    },
    heal: async () => undefined,
  },
  {
    fault: 'dead letters cannot be written',
    phase: 'under way',
    lastsMs: 5_000,
    outage: CONCERT,
    cause: async (environment) => {
      await limitLetters(environment, TOO_SMALL);
      const [record] = await unreadableRecords(environment.installation, CONCERT);
      if (record) await writeRecords(environment.installation, [record]);
    },
    heal: async (environment) => {
      const partition = environment.installation.partitionOf(CONCERT);
      const isReported = environment.projector.output.includes(`partition ${partition} is stopped`);
      environment.notes.push(isReported ? 'the partition stopped and reported it' : 'the partition did not report it');
      if (!isReported) throw new Error('a stopped partition must report it');
      await limitLetters(environment, LARGE);
    },
  },
];

function limitLetters({ installation }: FaultEnvironment, bytes: string): Promise<unknown> {
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
