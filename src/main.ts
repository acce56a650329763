#!/usr/bin/env node
import { isTracingEnabled } from './config/tracing-settings.ts';

// Instrumentation patches modules on import, so it must start before any other import.
const stopTracing = isTracingEnabled(process.env)
  ? await (await import('./composition/tracing.ts')).startTracing()
  : undefined;
const { serve } = await import('./composition/server.ts');
await serve(stopTracing);
