import type { Provider } from '@nestjs/common';
import type { Logger as Pino } from 'pino';
import { AdmissionControl } from '../application/admission/admission-control.ts';
import { DrawSecrets } from '../application/commands/draw-secrets.ts';
import { probeLogTime } from '../application/event-log/probe-log-time.ts';
import { requestIdOf } from '../application/event-log/request-context.ts';
import { DeadLetters } from '../application/ports/dead-letters.port.ts';
import { EventLog } from '../application/ports/event-log.port.ts';
import { LogReader } from '../application/ports/log-reader.port.ts';
import type { LogRecord } from '../application/ports/log-subscription.port.ts';
import { QueueViewWriter } from '../application/ports/queue-view.port.ts';
import { RebuildRequests } from '../application/ports/rebuild-requests.port.ts';
import { Telemetry } from '../application/ports/telemetry.port.ts';
import type { Tracing } from '../application/ports/tracing.port.ts';
import { EventReader } from '../application/projection/event-reader.ts';
import { Projector } from '../application/projection/projector.ts';
import { RebuildWorker } from '../application/projection/rebuild-worker.ts';
import type { TimeCheckDependencies } from '../application/projection/time-check.ts';
import type { Settings } from '../config/settings.ts';
import type { QueueEvent } from '../domain/events.generated.ts';
import { ThrottledWarning } from '../lib/throttled-warning.ts';
import { TRACING } from './observability.providers.ts';

/** The projector, admission control and the rebuild worker. */
export function projectionProviders(
  logger: Pino,
  { clockBoundSeconds }: Pick<Settings, 'clockBoundSeconds'>,
): Provider[] {
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
        reader: EventReader,
        log: EventLog,
        admission: AdmissionControl,
        telemetry: Telemetry,
        tracing: Tracing | undefined,
      ) =>
        new Projector(
          {
            view,
            deadLetters,
            reader,
            endOffset: (partition) => log.endOffset(partition),
            onDeadLetter: ({ partition, offset }, { code, message }) => {
              logger.error({ partition, offset, code }, `dead letter: ${message}`);
              telemetry.deadLetter(code);
            },
            timeCheck: timeCheck(log, logger, clockBoundSeconds * 1_000),
            tracing,
            onRecordFolded: logger.isLevelEnabled('debug')
              ? (record, event) => logger.debug(foldedEntry(record, event))
              : undefined,
            onDeadLetterFailed: ({ partition, offset }, { code }, reason) =>
              logger.error(
                { partition, offset, code },
                `cannot write the dead letter; partition ${partition} is stopped: ${String(reason)}`,
              ),
          },
          admission,
          logger,
        ),
      inject: [QueueViewWriter, DeadLetters, EventReader, EventLog, AdmissionControl, Telemetry, TRACING],
    },
    {
      provide: RebuildWorker,
      useFactory: (
        projector: Projector,
        requests: RebuildRequests,
        log: LogReader,
        deadLetters: DeadLetters,
        reader: EventReader,
        view: QueueViewWriter,
      ) => new RebuildWorker(projector, requests, { log, deadLetters, reader, view }, logger),
      inject: [Projector, RebuildRequests, LogReader, DeadLetters, EventReader, QueueViewWriter],
    },
  ];
}

function timeCheck(log: EventLog, logger: Pino, boundMs: number): TimeCheckDependencies {
  const warning = new ThrottledWarning(logger);
  return {
    boundMs,
    appendProbe: (partition) => probeLogTime(log, partition),
    onCorrected: ({ partition, offset, timestamp }, { time }) =>
      logger.error(
        { partition, offset, stampedAt: new Date(timestamp).toISOString(), logTime: new Date(time).toISOString() },
        'a record is stamped ahead of the log and of the clock of this process; it takes the log time of the record before it',
      ),
    onClockDiffers: () =>
      warning.warn(
        'log time is ahead of the clock of this process by more than CLOCK_BOUND_SECONDS: one of the two clocks is wrong',
      ),
  };
}

/** The log fields of a projected record. The request id relates it to the request. */
function foldedEntry({ partition, offset, headers }: LogRecord, { type }: QueueEvent): object {
  return { msg: 'folded', requestId: requestIdOf(headers), event: type, partition, offset };
}
