#!/usr/bin/env node
import { isTracingWanted } from './tracing-wanted.ts';

// What is traced is hooked into as it is imported: nothing else may be imported before.
const stopTracing = isTracingWanted(process.env) ? await (await import('./tracing.ts')).startTracing() : undefined;
const { serve } = await import('./server.ts');
await serve(stopTracing);
