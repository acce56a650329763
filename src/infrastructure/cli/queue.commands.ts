import type { Command } from 'commander';
import { ConfigureQueue, type QueueSteered } from '../../application/commands/configure-queue.command.ts';
import { SteerQueue } from '../../application/commands/steer-queue.command.ts';
import { GetQueue } from '../../application/queries/get-queue.query.ts';
import { columns, type Door, JSON_OPTION, show } from './outcome.ts';
import { type PolicyOptions, policyJsonOf, withPolicyOptions } from './policy-options.ts';
import { rowsOf } from './written.ts';

interface QueueOptions {
  readonly concert: string;
  readonly json?: boolean;
}

const STEERING = {
  pause: 'call nobody until resumed; entries are still taken',
  resume: 'end pause and close',
  close: 'take no new entries and call nobody',
} as const;

/** `queue show`, `queue configure`, `queue pause`, `queue resume`, `queue close` */
export function addQueue(program: Command, door: Door): void {
  const queue = program.command('queue').description('the queue of one concert');
  const command = (name: string, description: string): Command =>
    queue
      .command(name)
      .description(description)
      .requiredOption('--concert <id>', 'whose queue')
      .option(...JSON_OPTION);

  command('show', 'print what everyone may know of the queue').action(async (options: QueueOptions) => {
    const concertId = door.services.concertId(options.concert);
    const document = await door.services.useCases(false, ({ queries }) => queries.execute(new GetQueue(concertId)));
    print(door, options, { queue: document });
  });

  withPolicyOptions(command('configure', 'open or schedule the queue, or replace its policy by the one given')).action(
    async (options: QueueOptions & PolicyOptions) => {
      const concertId = door.services.concertId(options.concert);
      const policy = door.services.policy(policyJsonOf(options));
      const configure = new ConfigureQueue(concertId, policy);
      print(door, options, await door.services.useCases(true, ({ commands }) => commands.execute(configure)));
    },
  );

  for (const action of ['pause', 'resume', 'close'] as const)
    command(action, STEERING[action]).action(async (options: QueueOptions) => {
      const steer = new SteerQueue(door.services.concertId(options.concert), action);
      print(door, options, await door.services.useCases(true, ({ commands }) => commands.execute(steer)));
    });
}

function print(door: Door, options: QueueOptions, steered: QueueSteered): void {
  if ('receipt' in steered) {
    const { topic, partition, offset } = steered.receipt;
    const words = `In the log at offset ${offset} of ${topic}/${partition}; it takes effect once it is projected.`;
    show(door, options, steered, words);
    return;
  }
  const json = door.services.queueJson(steered.queue);
  show(door, options, json, columns(rowsOf(json)));
}
