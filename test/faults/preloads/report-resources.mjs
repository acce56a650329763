// For `node --import`: appends what this process holds, every second, as a line of JSON to RESOURCES_FILE.
import { appendFileSync, readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

setInterval(() => {
  collect(); // what is left is held by somebody
  const active = process.getActiveResourcesInfo();
  const sample = {
    heapBytes: process.memoryUsage().heapUsed,
    residentBytes: process.memoryUsage().rss,
    timers: active.filter((kind) => kind === 'Timeout' || kind === 'Immediate').length,
    files: readdirSync('/proc/self/fd').length,
  };
  appendFileSync(process.env.RESOURCES_FILE, `${JSON.stringify(sample)}\n`);
}, 1_000).unref();
