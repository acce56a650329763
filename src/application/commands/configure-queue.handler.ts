import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { QueueSteering } from './append-and-await.ts';
import { ConfigureQueue, type QueueSteered } from './configure-queue.command.ts';
import { DrawSecrets } from './draw-secrets.ts';

@CommandHandler(ConfigureQueue)
export class ConfigureQueueHandler implements ICommandHandler<ConfigureQueue> {
  constructor(
    private readonly steering: QueueSteering,
    private readonly secrets: DrawSecrets,
  ) {}

  execute({ concertId, policy }: ConfigureQueue): Promise<QueueSteered> {
    const { nonce, commitment } =
      policy.beforeOpening === 'draw' ? this.secrets.commit(concertId) : { nonce: null, commitment: null };
    const draw = { drawNonce: nonce, drawCommitment: commitment };
    return this.steering.append({ type: 'QueueConfigured', concertId, occurredAt: Date.now(), policy, ...draw });
  }
}
