import { Counter, Histogram, Registry } from 'prom-client';
import type { ErrorCode } from '../../../application/errors.ts';
import type { ApiName, Telemetry } from '../../../application/ports/telemetry.port.ts';
import type { UnreadableRecord } from '../../../application/projection/event-reader.ts';
import { HistogramBuffer } from './histogram-buffer.ts';
import { LabelMap } from './label-map.ts';
import { counter } from './scrape-metrics.ts';

/** Error codes of alerts. Their series start at 0, because Prometheus computes no rate from the first sample of a series. */
const ALERT_CODES = ['INTERNAL', 'OVERLOADED'] as const satisfies readonly ErrorCode[];
const UNREADABLE: Readonly<Record<UnreadableRecord['code'], 0>> = {
  NOT_WIRE_FORMAT: 0,
  UNKNOWN_SCHEMA: 0,
  FOREIGN_RECORD: 0,
  MALFORMED_BODY: 0,
  WRONG_KEY: 0,
  WRONG_PARTITION: 0,
  INVALID_CONCERT: 0,
};

/** Counts requests and batches. Passes counts of requests to prom-client in bulk or on scrape. (ADR 20.) */
export class PrometheusTelemetry implements Telemetry {
  readonly registry = new Registry();
  readonly #responses = new LabelMap<{ count: number }>(() => ({ count: 0 }));
  readonly #durations = new LabelMap<HistogramBuffer>((...labels) => {
    const series = this.#http.labels(...labels);
    return new HistogramBuffer((seconds) => series.observe(seconds));
  });
  readonly #http: Histogram = new Histogram({
    name: 'concert_queue_http_request_duration_seconds',
    help: 'Time from the head of an HTTP request to the end of the response, by route.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
    collect: () => {
      for (const [, durations] of this.#durations) durations.flush();
    },
  });
  readonly #batches = new Histogram({
    name: 'concert_queue_log_batch_records',
    help: 'Records in each acknowledged batch.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    registers: [this.registry],
  });
  readonly #appends = new Histogram({
    name: 'concert_queue_log_append_seconds',
    help: 'Time from sending a batch to the acknowledgement of all in-sync replicas.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });
  readonly #failures = new Counter({
    name: 'concert_queue_log_append_failures_total',
    help: 'Batches without an acknowledgement; they may have been written.',
    registers: [this.registry],
  });
  readonly #unconfirmed = new Counter({
    name: 'concert_queue_log_records_unconfirmed_total',
    help: 'Records in batches without an acknowledgement.',
    registers: [this.registry],
  });
  readonly #deadLetters = new Counter({
    name: 'concert_queue_dead_letters_written_total',
    help: 'Records that this process has skipped, by reason.',
    labelNames: ['code'],
    registers: [this.registry],
  });

  constructor() {
    counter(this.registry, {
      name: 'concert_queue_requests_total',
      help: 'Responses by API, operation and error code; code OK: success. Operation requestEntry with code OK counts accepted entries.',
      labels: ['api', 'operation', 'code'],
      read: () => Array.from(this.#responses, ([labels, { count }]) => [count, ...labels] as const),
    });
    for (const [code, zero] of Object.entries(UNREADABLE)) this.#deadLetters.inc({ code }, zero);
  }

  registerOperation(api: ApiName, operation: string): void {
    for (const code of ALERT_CODES) this.#responses.of(api, operation, code);
  }

  recordResponse(api: ApiName, operation: string, code: ErrorCode | undefined): void {
    this.#responses.of(api, operation, code ?? 'OK').count += 1;
  }

  servedHttp(method: string, route: string, status: number, seconds: number): void {
    this.#durations.of(method, route, status).add(seconds);
  }

  appended(records: number, seconds: number): void {
    this.#batches.observe(records);
    this.#appends.observe(seconds);
  }

  appendFailed(records: number): void {
    this.#failures.inc();
    this.#unconfirmed.inc(records);
  }

  deadLetter(code: string): void {
    this.#deadLetters.inc({ code });
  }
}
