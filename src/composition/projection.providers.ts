import type { Provider } from '@nestjs/common';
import type { Logger as Pino } from 'pino';
import { AdmissionControl } from '../application/admission/admission-control.ts';
import { DrawSecrets } from '../application/commands/draw-secrets.ts';
import { requestIdOf } from '../application/event-log/request-context.ts';
import { DeadLetters } from '../application/ports/dead-letters.port.ts';
import { EventCodec } from '../application/ports/event-codec.port.ts';
import { EventLog } from '../application/ports/event-log.port.ts';
import { LogReader } from '../application/ports/log-reader.port.ts';
import type { LogRecord } from '../application/ports/log-subscription.port.ts';
import { QueueViewWriter } from '../application/ports/queue-view.port.ts';
import { RebuildRequests } from '../application/ports/rebuild-requests.port.ts';
import { Telemetry } from '../application/ports/telemetry.port.ts';
import { EventReader } from '../application/projection/event-reader.ts';
import { Projector } from '../application/projection/projector.ts';
import { RebuildWorker } from '../application/projection/rebuild-worker.ts';
import type { Settings } from '../config/settings.ts';
import type { QueueEvent } from '../domain/events.generated.ts';
import { tracing } from './observability.providers.ts';

/** The projector's side of the composition root: who folds the log, who acts on what is folded, who mends it. */
export function projectionProviders({ queuePartitions }: Settings, logger: Pino): Provider[] {
  return [
    {
      provide: AdmissionControl,
      useFactory: (log: EventLog, draws: DrawSecrets) => new AdmissionControl(log, draws, logger),
      inject: [EventLog, DrawSecrets],
    },
    {
      provide: Projector,
      useFactory: (
        view: QueueViewWriter,
        deadLetters: DeadLetters,
        codec: EventCodec,
        log: EventLog,
        admission: AdmissionControl,
        telemetry: Telemetry,
      ) =>
        new Projector(
          {
            view,
            deadLetters,
            reader: new EventReader(codec, queuePartitions),
            endOffset: (partition) => log.endOffset(partition),
            onDeadLetter: ({ partition, offset }, { code, message }) => {
              logger.error({ partition, offset, code }, `dead letter: ${message}`);
              telemetry.deadLetter(code);
            },
            tracing: tracing(),
            onFolded: logger.isLevelEnabled('debug')
              ? (record, event) => logger.debug(foldedLine(record, event))
              : undefined,
            onUnwritable: ({ partition, offset }, { code }, reason) =>
              logger.error(
                { partition, offset, code },
                `the dead letter cannot be written, partition ${partition} stands still: ${String(reason)}`,
              ),
          },
          admission,
          logger,
        ),
      inject: [QueueViewWriter, DeadLetters, EventCodec, EventLog, AdmissionControl, Telemetry],
    },
    {
      provide: RebuildWorker,
      useFactory: (
        projector: Projector,
        requests: RebuildRequests,
        log: LogReader,
        deadLetters: DeadLetters,
        codec: EventCodec,
        view: QueueViewWriter,
      ) => {
        const reader = new EventReader(codec, queuePartitions);
        return new RebuildWorker(projector, requests, { log, deadLetters, reader, view }, logger);
      },
      inject: [Projector, RebuildRequests, LogReader, DeadLetters, EventCodec, QueueViewWriter],
    },
  ];
}

/** Connects the projection with the request, by its id. */
function foldedLine({ partition, offset, headers }: LogRecord, { type }: QueueEvent): object {
  return { msg: 'folded', requestId: requestIdOf(headers), event: type, partition, offset };
}
