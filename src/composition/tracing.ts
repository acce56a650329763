import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { register } from 'import-in-the-middle/register-hooks.mjs';
import { keepCommandContexts } from '../infrastructure/driven/observability/redis-span-context.ts';

/**
 * Starts OpenTelemetry. Call it before the traced modules are imported.
 * @returns flushes and stops
 */
export async function startTracing(): Promise<() => Promise<void>> {
  // Not http: its default export would be wrapped twice.
  register({ include: ['ioredis', 'pg', 'pg-pool'] });
  const name = process.env['OTEL_SERVICE_NAME'] ?? 'concert-queue';
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': name })),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  registerInstrumentations({
    instrumentations: [new HttpInstrumentation(), new IORedisInstrumentation(), new PgInstrumentation()],
  });
  const { Pipeline, Redis } = await import('ioredis');
  keepCommandContexts(Redis.prototype, Pipeline.prototype);
  return () => provider.shutdown();
}
