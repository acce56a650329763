import type { Environment } from './setting-reader.ts';

/** Tracing is enabled by the standard OpenTelemetry variables. */
export function isTracingEnabled(environment: Environment): boolean {
  if (environment['OTEL_SDK_DISABLED'] === 'true' || environment['OTEL_TRACES_EXPORTER'] === 'none') return false;
  return [environment['OTEL_EXPORTER_OTLP_ENDPOINT'], environment['OTEL_TRACES_EXPORTER']].some(Boolean);
}
