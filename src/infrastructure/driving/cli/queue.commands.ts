import type { Command } from 'commander';
import type { QueueChangeResult } from '../../../application/commands/append-and-await.ts';
import { rowsOf } from './format.ts';
import { formatTable } from './format-table.ts';
import { collectText, type NoticeOptions, noticeTextsOf } from './notice-options.ts';
import { type CliRun, JSON_OPTION, show } from './output.ts';
import { type PolicyOptions, policyJsonOf, policyNames, withPolicyOptions } from './policy-options.ts';

interface QueueOptions {
  readonly concert: string;
  readonly json?: boolean;
}

/** Loaded on demand: these modules load the buses, which the other commands do not need. */
const modules = {
  show: () => import('../../../application/queries/get-queue.query.ts'),
  configure: () => import('../../../application/commands/configure-queue.command.ts'),
  notice: () => import('../../../application/commands/post-notice.command.ts'),
};

/** The commands that change the state of a queue. */
const CHANGES = [
  {
    name: 'pause',
    description: 'stop calling entries until resumed; new entries are accepted',
    create: async (concertId: string) =>
      new (await import('../../../application/commands/pause-queue.command.ts')).PauseQueue(concertId),
  },
  {
    name: 'resume',
    description: 'open a paused or closed queue again',
    create: async (concertId: string) =>
      new (await import('../../../application/commands/resume-queue.command.ts')).ResumeQueue(concertId),
  },
  {
    name: 'close',
    description: 'stop accepting and calling entries',
    create: async (concertId: string) =>
      new (await import('../../../application/commands/close-queue.command.ts')).CloseQueue(concertId),
  },
];

/** `queue show`, `queue configure`, `queue pause`, `queue resume`, `queue close`, `queue notice` */
export function addQueue(program: Command, run: CliRun): void {
  const queue = program.command('queue').description('the queue of one concert');
  const command = (name: string, description: string): Command =>
    queue
      .command(name)
      .description(description)
      .requiredOption('--concert <id>', 'id of the concert')
      .option(...JSON_OPTION);

  command('show', 'print the queue document').action(async (options: QueueOptions) => {
    const concertId = run.context.concertId(options.concert);
    const { GetQueue } = await modules.show();
    const document = await run.context.withUseCases(false, ({ queries }) => queries.execute(new GetQueue(concertId)));
    await print(run, options, { queue: document });
  });

  withPolicyOptions(command('configure', 'open or schedule the queue, or replace its policy')).action(
    async (options: QueueOptions & PolicyOptions) => {
      const concertId = run.context.concertId(options.concert);
      const policy = await run.context.policy(policyJsonOf(options), policyNames(options));
      const { ConfigureQueue } = await modules.configure();
      const configure = new ConfigureQueue(concertId, policy);
      await print(run, options, await run.context.withUseCases(true, ({ commands }) => commands.execute(configure)));
    },
  );

  for (const { name, description, create } of CHANGES)
    command(name, description).action(async (options: QueueOptions) => {
      const change = await create(run.context.concertId(options.concert));
      await print(run, options, await run.context.withUseCases(true, ({ commands }) => commands.execute(change)));
    });

  command('notice', 'replace the notice to all users of the queue, or remove it')
    .option(
      '--text <language=text>',
      'the notice in one language, e.g. en="We open late."; repeat for more',
      collectText,
    )
    .option('--remove', 'remove the notice')
    .action(async (options: QueueOptions & NoticeOptions) => {
      const concertId = run.context.concertId(options.concert);
      const { PostNotice } = await modules.notice();
      const post = new PostNotice(concertId, noticeTextsOf(options));
      await print(run, options, await run.context.withUseCases(true, ({ commands }) => commands.execute(post)));
    });
}

async function print(run: CliRun, options: QueueOptions, result: QueueChangeResult): Promise<void> {
  if ('receipt' in result) {
    const { topic, partition, offset } = result.receipt;
    const text = `In the log at offset ${offset} of ${topic}/${partition}; it takes effect once it is projected.`;
    show(run, options, result, text);
    return;
  }
  const json = await run.context.queueJson(result.queue);
  show(run, options, json, formatTable(rowsOf(json)));
}
