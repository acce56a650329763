import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AppendAndAwait, type QueueChangeResult } from './append-and-await.ts';
import { ConfigureQueue } from './configure-queue.command.ts';
import { DrawSecrets } from './draw-secrets.ts';

@CommandHandler(ConfigureQueue)
export class ConfigureQueueHandler implements ICommandHandler<ConfigureQueue> {
  constructor(
    private readonly appendAndAwait: AppendAndAwait,
    private readonly secrets: DrawSecrets,
  ) {}

  execute({ concertId, policy }: ConfigureQueue): Promise<QueueChangeResult> {
    const { nonce, commitment } =
      policy.beforeOpening === 'draw' ? this.secrets.commit(concertId) : { nonce: null, commitment: null };
    const draw = { drawNonce: nonce, drawCommitment: commitment };
    return this.appendAndAwait.change({ type: 'QueueConfigured', concertId, occurredAt: Date.now(), policy, ...draw });
  }
}
