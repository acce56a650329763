import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Tracing } from '../../../application/ports/tracing.port.ts';

const tracer = trace.getTracer('concert-queue');
const TRACEPARENT = 'traceparent';

/** Creates the spans of the log by hand: one send has the records of many requests, so no library can assign it to a request. */
export class OtelTracing implements Tracing {
  appending<T>(topic: string, append: (headers: Readonly<Record<string, string>>) => Promise<T>): Promise<T> {
    const attributes = { 'messaging.system': 'kafka', 'messaging.destination.name': topic };
    const span = tracer.startSpan(`send ${topic}`, { kind: SpanKind.PRODUCER, attributes });
    const headers: Record<string, string> = {};
    propagation.inject(trace.setSpan(context.active(), span), headers);
    return endWith([span], append(headers));
  }

  projecting<T>(records: readonly LogRecord[], work: () => Promise<T>): Promise<T> {
    const spans = records.flatMap((record) => {
      const traceparent = record.headers[TRACEPARENT]?.toString();
      return traceparent === undefined ? [] : [projectionSpan(record, traceparent)];
    });
    const [first] = spans;
    if (!first) return work();
    // One write covers all records; it appears in the trace of the first one.
    return endWith(spans, context.with(trace.setSpan(context.active(), first), work));
  }
}

function projectionSpan({ partition, offset }: LogRecord, traceparent: string): Span {
  const parent = propagation.extract(context.active(), { [TRACEPARENT]: traceparent });
  const attributes = {
    'messaging.system': 'kafka',
    'messaging.kafka.offset': offset,
    'messaging.partition': partition,
  };
  return tracer.startSpan('project', { kind: SpanKind.CONSUMER, attributes }, parent);
}

async function endWith<T>(spans: readonly Span[], work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    for (const span of spans) span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
    throw error;
  } finally {
    for (const span of spans) span.end();
  }
}
