/** Kafka and the schema registry come from Maven Central, in pinned versions, into the stack's own folder. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StackError } from './settings.ts';

export const KAFKA_VERSION = '4.3.1';
/** The newest that runs on Java 17. */
export const REGISTRY_VERSION = '3.0.9';
const SLF4J_VERSION = '1.7.36';
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin';
const run = promisify(execFile);

/** Folder of the broker's jars, downloaded the first time (about 45 MB). */
export function installKafka(downloads: string): Promise<string> {
  return install(join(downloads, `kafka-${KAFKA_VERSION}`), async (folder) => {
    const pom = join(folder, 'pom.xml');
    writeFileSync(pom, kafkaPom());
    await maven([
      '-f',
      pom,
      `${PLUGIN}:3.8.1:copy-dependencies`,
      '-DincludeScope=runtime',
      `-DoutputDirectory=${folder}`,
    ]);
    rmSync(pom);
  });
}

/** The registry's runnable jar, downloaded and unpacked the first time (about 110 MB). */
export async function installSchemaRegistry(downloads: string): Promise<string> {
  const name = `apicurio-registry-app-${REGISTRY_VERSION}`;
  const folder = await install(join(downloads, name), async (target) => {
    // Version 2.10 of the plugin takes the one file as it is; later ones first want its whole line of parent descriptors.
    const artifact = `io.apicurio:apicurio-registry-app:${REGISTRY_VERSION}:tar.gz:all`;
    await maven([`${PLUGIN}:2.10:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${target}`], target);
    await run('tar', ['-xzf', `${name}-all.tar.gz`], { cwd: target });
    rmSync(join(target, `${name}-all.tar.gz`));
  });
  return join(folder, `${name}-runner.jar`);
}

/** Fills a folder beside its final place and moves it there whole, so that a broken download is never taken for a good one. */
async function install(folder: string, fill: (folder: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  mkdirSync(join(folder, '..'), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    await fill(unfinished);
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

let last: Promise<unknown> = Promise.resolve();
/** One Maven at a time: two of them would download the same plugins into the same local repository. */
function maven(args: readonly string[], cwd = process.cwd()): Promise<void> {
  const call = (): Promise<void> => runMaven(args, cwd);
  const done = last.then(call);
  last = Promise.allSettled([done]);
  return done;
}

async function runMaven(args: readonly string[], cwd: string): Promise<void> {
  try {
    await run('mvn', ['-q', '-B', ...args], { cwd, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    throw new StackError(`Maven failed: mvn ${args.join(' ')}\n${output(error).slice(0, 2_000)}`);
  }
}

/** What a failed program printed, else the failure's own words. */
function output(error: unknown): string {
  const printed = typeof error === 'object' && error !== null && 'stdout' in error ? String(error.stdout) : '';
  return printed || String(error);
}

function kafkaPom(): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>concert-queue</groupId><artifactId>local-kafka</artifactId><version>1</version><dependencies>
${dependency('org.apache.kafka', 'kafka_2.13', KAFKA_VERSION)}
${dependency('org.slf4j', 'slf4j-simple', SLF4J_VERSION)}
</dependencies></project>`;
}

function dependency(group: string, artifact: string, version: string): string {
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
}
