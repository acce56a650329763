import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdmissionControl } from '../../../src/application/admission/admission-control.ts';
import { AppendAndAwait } from '../../../src/application/commands/append-and-await.ts';
import { ClaimAdmissionHandler } from '../../../src/application/commands/claim-admission.handler.ts';
import { CloseQueueHandler } from '../../../src/application/commands/close-queue.handler.ts';
import { CompleteAdmissionHandler } from '../../../src/application/commands/complete-admission.handler.ts';
import { ConfigureQueueHandler } from '../../../src/application/commands/configure-queue.handler.ts';
import { DisqualifyUserHandler } from '../../../src/application/commands/disqualify-user.handler.ts';
import { DrawSecrets } from '../../../src/application/commands/draw-secrets.ts';
import { EarlyRejection } from '../../../src/application/commands/early-rejection.ts';
import { LeaveQueueHandler } from '../../../src/application/commands/leave-queue.handler.ts';
import { PauseQueueHandler } from '../../../src/application/commands/pause-queue.handler.ts';
import { ReinstateUserHandler } from '../../../src/application/commands/reinstate-user.handler.ts';
import { RequestEntryHandler } from '../../../src/application/commands/request-entry.handler.ts';
import { ResumeQueueHandler } from '../../../src/application/commands/resume-queue.handler.ts';
import { EventReader } from '../../../src/application/projection/event-reader.ts';
import { Projector } from '../../../src/application/projection/projector.ts';
import { GetMyEntryHandler } from '../../../src/application/queries/get-my-entry.handler.ts';
import { GetQueueHandler } from '../../../src/application/queries/get-queue.handler.ts';
import { QueueCache } from '../../../src/application/queries/queue-cache.ts';
import { VerifyAdmissionHandler } from '../../../src/application/queries/verify-admission.handler.ts';
import { LocalLog } from '../../../src/infrastructure/driven/embedded/local-log.ts';
import { MemoryQueueViewInspector } from '../../../src/infrastructure/driven/embedded/memory-queue-view-inspector.ts';
import { MemoryQueueViewReader } from '../../../src/infrastructure/driven/embedded/memory-queue-view-reader.ts';
import { MemoryQueueViewWriter } from '../../../src/infrastructure/driven/embedded/memory-queue-view-writer.ts';
import { MemoryView } from '../../../src/infrastructure/driven/embedded/memory-view.ts';
import { SqliteDeadLetters } from '../../../src/infrastructure/driven/embedded/sqlite-dead-letters.ts';
import { SqliteEventLog } from '../../../src/infrastructure/driven/embedded/sqlite-event-log.ts';
import { SqliteLogSubscription } from '../../../src/infrastructure/driven/embedded/sqlite-log-subscription.ts';
import { JsonEventCodec } from './json-event-codec.ts';
import { PlainAdmissionTokens, PlainEntryTokens } from './plain-tokens.ts';

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The use cases of the product on the adapters of the embedded mode, with a JSON codec and unsigned tokens. */
export class InProcessSystem {
  readonly codec = new JsonEventCodec();
  readonly #directory = mkdtempSync(join(tmpdir(), 'in-process-'));
  readonly file = new LocalLog({ directory: this.#directory, topic: 'in-process', partitions: 2 });
  readonly log = new SqliteEventLog(this.file, this.codec);
  readonly deadLetters = new SqliteDeadLetters(this.file);
  readonly #memory = new MemoryView();
  readonly view = new MemoryQueueViewWriter(this.#memory, 'in-process');
  readonly inspector = new MemoryQueueViewInspector(this.#memory);
  readonly entryTokens = new PlainEntryTokens();
  readonly admissionTokens = new PlainAdmissionTokens();
  readonly #admission = new AdmissionControl(this.log, new DrawSecrets(['in-process']), SILENT);
  readonly #projector = new Projector(
    {
      view: this.view,
      deadLetters: this.deadLetters,
      reader: new EventReader(this.codec, this.log.partitions),
      endOffset: (partition) => this.log.endOffset(partition),
      onDeadLetter: () => undefined,
    },
    this.#admission,
    SILENT,
  );
  readonly #feed = new SqliteLogSubscription(this.file, SILENT);
  #fatal: Error | undefined;
  readonly handlers = handlersOver(
    this.log,
    new MemoryQueueViewReader(this.#memory),
    this.entryTokens,
    this.admissionTokens,
  );

  async start(): Promise<this> {
    this.file.open();
    this.#projector.start();
    this.#admission.start();
    await this.#feed.start(this.#projector, (error) => (this.#fatal = error));
    return this;
  }

  /** @throws what would have ended a server */
  async stop(): Promise<void> {
    this.#admission.stop();
    await this.#feed.stop();
    this.#projector.stop();
    await this.log.stop();
    await this.file.close();
    await rm(this.#directory, { recursive: true });
    if (this.#fatal) throw this.#fatal;
  }
}

function handlersOver(
  log: SqliteEventLog,
  view: MemoryQueueViewReader,
  entryTokens: PlainEntryTokens,
  admissionTokens: PlainAdmissionTokens,
) {
  const queues = new QueueCache(view, log);
  const appendAndAwait = new AppendAndAwait(log, queues);
  const nobody = { find: () => Promise.resolve(undefined) };
  return {
    enter: new RequestEntryHandler(log, entryTokens, new EarlyRejection(queues, view, log), nobody),
    getEntry: new GetMyEntryHandler(log, view),
    leave: new LeaveQueueHandler(log, view),
    claim: new ClaimAdmissionHandler(view, admissionTokens, appendAndAwait, log),
    complete: new CompleteAdmissionHandler(log, view),
    verify: new VerifyAdmissionHandler(view, log),
    configure: new ConfigureQueueHandler(appendAndAwait, new DrawSecrets(['in-process'])),
    pause: new PauseQueueHandler(appendAndAwait),
    resume: new ResumeQueueHandler(appendAndAwait),
    close: new CloseQueueHandler(appendAndAwait),
    disqualify: new DisqualifyUserHandler(log, queues),
    reinstate: new ReinstateUserHandler(log, queues),
    read: new GetQueueHandler(queues),
  };
}
