/** Traces are made where the standard variables of OpenTelemetry ask for them, and cost nothing elsewhere. */
export function isTracingWanted(environment: NodeJS.ProcessEnv): boolean {
  if (environment['OTEL_SDK_DISABLED'] === 'true' || environment['OTEL_TRACES_EXPORTER'] === 'none') return false;
  return [environment['OTEL_EXPORTER_OTLP_ENDPOINT'], environment['OTEL_TRACES_EXPORTER']].some(Boolean);
}
