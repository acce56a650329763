#!/usr/bin/env node
import { isTracingWanted } from './config/tracing-wanted.ts';

// What is traced is hooked into as it is imported: nothing else may be imported before.
const stopTracing = isTracingWanted(process.env)
  ? await (await import('./composition/tracing.ts')).startTracing()
  : undefined;
const { serve } = await import('./composition/server.ts');
await serve(stopTracing);
