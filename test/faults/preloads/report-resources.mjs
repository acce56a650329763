// For `node --import`: appends the resource usage of this process to RESOURCES_FILE every second, as a line of JSON.
import { appendFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openDescriptors } from '../../support/open-descriptors.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

setInterval(() => {
  collect(); // what stays is in use, or a leak
  const active = process.getActiveResourcesInfo();
  const sample = {
    heapBytes: process.memoryUsage().heapUsed,
    residentBytes: process.memoryUsage().rss,
    timers: active.filter((kind) => kind === 'Timeout' || kind === 'Immediate').length,
    files: openDescriptors().kept,
  };
  appendFileSync(process.env.RESOURCES_FILE, `${JSON.stringify(sample)}\n`);
}, 1_000).unref();
