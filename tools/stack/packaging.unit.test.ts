import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { KAFKA_VERSION, REGISTRY_VERSION } from './maven.ts';
import { COMPONENTS, PROJECT } from './settings.ts';

const read = (file: string): string => readFileSync(join(PROJECT, file), 'utf8');
const every = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found]) => found ?? '');

describe('the containers', () => {
  const compose = read('docker-compose.yml');
  const images = every(compose, /^ {4}image: (\S+)$/gm);

  test('run the same versions of Kafka and the registry as the native stack', () => {
    expect(images).toContain(`apache/kafka:${KAFKA_VERSION}`);
    expect(images).toContain(`apicurio/apicurio-registry:${REGISTRY_VERSION}`);
  });
  test('are the servers of the stack tool and the application', () => {
    const [, services = ''] = /^services:$(.*?)^volumes:$/ms.exec(compose) ?? [];
    expect(every(services, /^ {2}([a-z-]+):$/gm)).toEqual([...COMPONENTS, 'application']);
  });
  test('have pinned versions', () => {
    const bases = every(read('Dockerfile'), /^FROM (\S+)/gm);
    for (const image of [...images, ...bases]) expect(image).toMatch(/:\d+\.\d+/);
  });
  test('listen on this machine only', () => {
    const published = every(compose, /^ {6}- "([^"]*:\d+)"$/gm);
    expect(published).toHaveLength(COMPONENTS.length + 1);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
  test("start the server with the launcher's options", () => {
    const launcher = read('tools/launch/run.mjs');
    const [, heap = ''] = /^const HEAP = \[(.*)\];$/m.exec(launcher) ?? [];
    const [, server = ''] = /^export const SERVER = \[\.\.\.HEAP, (.*)\];$/m.exec(launcher) ?? [];
    expect(every(read('Dockerfile'), /^CMD \[(.*)\]$/gm)).toEqual([`"node", ${heap}, ${server}`.replaceAll("'", '"')]);
  });
  test('use the heap flags of the benchmark', () => {
    const [, measured = 'none'] = /^const NODE_FLAGS = \[(.*)\];$/m.exec(read('bench/support/processes.ts')) ?? [];
    expect(read('tools/launch/run.mjs')).toContain(`const HEAP = [${measured}];`);
  });
  test("use the project's Node.js version", () => {
    const [, pinned = ''] = /"node": "(\d[\d.]*)"/.exec(read('package.json')) ?? [];
    for (const base of every(read('Dockerfile'), /^FROM (\S+)/gm)) expect(base).toBe(`node:${pinned}-bookworm-slim`);
  });
});
