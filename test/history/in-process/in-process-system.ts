import { AdmissionControl } from '../../../src/application/admission/admission-control.ts';
import { ClaimAdmissionHandler } from '../../../src/application/commands/claim-admission.handler.ts';
import { CompleteAdmissionHandler } from '../../../src/application/commands/complete-admission.handler.ts';
import { ConfigureQueueHandler } from '../../../src/application/commands/configure-queue.handler.ts';
import { EntryCourtesy } from '../../../src/application/commands/entry-courtesy.ts';
import { JudgeUserHandler } from '../../../src/application/commands/judge-user.handler.ts';
import { LeaveQueueHandler } from '../../../src/application/commands/leave-queue.handler.ts';
import { QueueSteering } from '../../../src/application/commands/queue-steering.ts';
import { RequestEntryHandler } from '../../../src/application/commands/request-entry.handler.ts';
import { SteerQueueHandler } from '../../../src/application/commands/steer-queue.handler.ts';
import { DrawSecrets } from '../../../src/application/draw-secrets.ts';
import { Projector } from '../../../src/application/projections/projector.ts';
import { RecordReader } from '../../../src/application/projections/record-reader.ts';
import { GetMyEntryHandler } from '../../../src/application/queries/get-my-entry.handler.ts';
import { GetQueueHandler } from '../../../src/application/queries/get-queue.handler.ts';
import { QueueDirectory } from '../../../src/application/queries/queue-directory.ts';
import { VerifyAdmissionHandler } from '../../../src/application/queries/verify-admission.handler.ts';
import { JsonEventCodec } from './json-event-codec.ts';
import { MemoryDeadLetters } from './memory-dead-letters.ts';
import { MemoryEventLog } from './memory-event-log.ts';
import { MemoryLogFeed } from './memory-log-feed.ts';
import { MemoryQueueView } from './memory-queue-view.ts';
import { PlainAdmissionTokens, PlainEntryTokens } from './plain-tokens.ts';

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The project's own use cases over ports that live in memory. */
export class InProcessSystem {
  readonly codec = new JsonEventCodec();
  readonly log = new MemoryEventLog(this.codec, 2);
  readonly view = new MemoryQueueView();
  readonly deadLetters = new MemoryDeadLetters();
  readonly entryTokens = new PlainEntryTokens();
  readonly admissionTokens = new PlainAdmissionTokens();
  readonly #admission = new AdmissionControl(this.log, new DrawSecrets(['in-process']), SILENT);
  readonly #projector = new Projector(
    {
      view: this.view,
      deadLetters: this.deadLetters,
      reader: new RecordReader(this.codec, this.log.partitions),
      endOffset: (partition) => this.log.endOffset(partition),
      onDeadLetter: () => undefined,
    },
    this.#admission,
    SILENT,
  );
  readonly #feed = new MemoryLogFeed(this.log);
  readonly handlers = handlersOver(this.log, this.view, this.entryTokens, this.admissionTokens);

  async start(): Promise<this> {
    this.#projector.start();
    this.#admission.start();
    await this.#feed.start(this.#projector);
    return this;
  }

  async stop(): Promise<void> {
    this.#admission.stop();
    await this.#feed.stop();
    this.#projector.stop();
  }
}

function handlersOver(
  log: MemoryEventLog,
  view: MemoryQueueView,
  entryTokens: PlainEntryTokens,
  admissionTokens: PlainAdmissionTokens,
) {
  const queues = new QueueDirectory(view, log);
  const steering = new QueueSteering(log, queues);
  const nobody = { find: () => Promise.resolve(undefined) };
  return {
    enter: new RequestEntryHandler(log, entryTokens, new EntryCourtesy(queues, view), nobody),
    look: new GetMyEntryHandler(log, view),
    leave: new LeaveQueueHandler(log),
    claim: new ClaimAdmissionHandler(log, view, admissionTokens, queues),
    complete: new CompleteAdmissionHandler(log),
    verify: new VerifyAdmissionHandler(view),
    configure: new ConfigureQueueHandler(steering, new DrawSecrets(['in-process'])),
    steer: new SteerQueueHandler(queues, steering),
    judge: new JudgeUserHandler(log, queues),
    read: new GetQueueHandler(queues),
  };
}
