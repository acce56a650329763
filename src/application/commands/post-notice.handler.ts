import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AppendAndAwait, type QueueChangeResult } from './append-and-await.ts';
import { validNoticeTexts } from './notice-texts.ts';
import { PostNotice } from './post-notice.command.ts';

@CommandHandler(PostNotice)
export class PostNoticeHandler implements ICommandHandler<PostNotice> {
  constructor(private readonly appendAndAwait: AppendAndAwait) {}

  async execute({ concertId, texts }: PostNotice): Promise<QueueChangeResult> {
    const valid = validNoticeTexts(texts);
    return this.appendAndAwait.changeExisting({
      type: 'NoticePosted',
      concertId,
      occurredAt: Date.now(),
      texts: valid,
    });
  }
}
