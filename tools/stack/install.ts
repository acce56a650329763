/** Finds the programs that the stack and the tests need. As root on Debian, installs missing ones; otherwise names the command. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { StackError } from './settings.ts';

interface Requirement {
  readonly what: string;
  readonly isMet: () => boolean;
  /** Packages of Debian and of Homebrew. */
  readonly apt: string;
  readonly brew: string;
}

export const JAVA: Requirement = {
  what: 'a Java runtime, 17 or later',
  isMet: () => javaMajor() >= 17,
  apt: 'default-jre-headless',
  brew: 'openjdk',
};
export const MAVEN: Requirement = { what: 'Maven', isMet: () => onPath('mvn'), apt: 'maven', brew: 'maven' };
export const REDIS: Requirement = {
  what: 'Redis',
  isMet: () => onPath('redis-server'),
  apt: 'redis-server',
  brew: 'redis',
};
export const POSTGRES: Requirement = {
  what: 'PostgreSQL',
  isMet: () => postgresPrograms() !== undefined,
  apt: 'postgresql',
  brew: 'postgresql@15',
};

export const NGINX: Requirement = {
  what: 'nginx',
  isMet: () => onPath('nginx') || existsSync('/usr/sbin/nginx'),
  apt: 'nginx-light',
  brew: 'nginx',
};
export const CHROMIUM: Requirement = {
  what: 'Chromium (or CHROMIUM_PATH)',
  isMet: () => existsSync(process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'),
  apt: 'chromium',
  brew: 'chromium',
};
const KOREAN_FONT: Requirement = {
  what: 'a font with Korean letters',
  isMet: () => succeeds('fc-list', [':lang=ko']),
  apt: 'fontconfig fonts-noto-cjk',
  brew: 'font-noto-sans-cjk',
};
const PYTHON: Requirement = {
  what: 'Python 3 with venv',
  isMet: () => succeeds('python3', ['-c', 'import ensurepip; print(1)']),
  apt: 'python3-venv',
  brew: 'python',
};
const OPENSSL: Requirement = { what: 'openssl', isMet: () => onPath('openssl'), apt: 'openssl', brew: 'openssl' };
const TAR: Requirement = { what: 'tar', isMet: () => onPath('tar'), apt: 'tar', brew: 'gnu-tar' };

/** Programs that the local stack runs. */
export const STACK_PROGRAMS: readonly Requirement[] = [JAVA, MAVEN, REDIS, POSTGRES];
/** Programs that `npm test` runs. */
export const TEST_PROGRAMS: readonly Requirement[] = [
  ...STACK_PROGRAMS,
  NGINX,
  CHROMIUM,
  KOREAN_FONT,
  PYTHON,
  OPENSSL,
  TAR,
];

/** Decides whether a missing package can be installed without a question. */
export interface Machine {
  readonly isRoot: boolean;
  readonly isDebian: boolean;
  readonly platform: NodeJS.Platform;
}

const thisMachine = (): Machine => ({
  isRoot: process.getuid?.() === 0,
  isDebian: existsSync('/etc/debian_version'),
  platform: process.platform,
});

/** As root on Debian, installs missing programs and prints what it installs. Otherwise throws StackError with the one command that does. */
export function requirePrograms(
  requirements: readonly Requirement[],
  say: (line: string) => void,
  machine: Machine = thisMachine(),
): void {
  const missing = requirements.filter(({ isMet }) => !isMet());
  if (missing.length === 0) return;
  const what = missing.map((requirement) => requirement.what).join(', ');
  const packages = missing.flatMap((requirement) => requirement.apt.split(' '));
  if (!machine.isRoot || !machine.isDebian) {
    const brew = `brew install ${missing.map((requirement) => requirement.brew).join(' ')}`;
    const command = machine.platform === 'darwin' ? brew : `sudo apt-get install -y ${packages.join(' ')}`;
    throw new StackError(`Missing: ${what}. Install with: ${command}`);
  }
  say(`Missing: ${what}. Installing with apt-get: ${packages.join(' ')}`);
  apt(['update']);
  apt(['install', '-y', '--no-install-recommends', ...packages]);
  const still = missing.filter(({ isMet }) => !isMet()).map((requirement) => requirement.what);
  if (still.length > 0)
    throw new StackError(`apt-get installed ${packages.join(' ')}, yet this is missing: ${still.join(', ')}.`);
}

/** Folder of PostgreSQL's server programs, which Debian keeps out of the path; the newest version found. */
export function postgresPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.find((folder) => ['initdb', 'postgres', 'psql'].every((name) => existsSync(join(folder, name))));
}

function apt(args: readonly string[]): void {
  const done = spawnSync('apt-get', ['-q', ...args], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (done.status !== 0)
    throw new StackError(`apt-get ${args.join(' ')} failed:\n${done.stderr || done.stdout || String(done.error)}`);
}

function javaMajor(): number {
  const { stderr, status } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  return status === 0 ? Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) : 0;
}

/** The program ran, ended with 0 and printed something. */
function succeeds(program: string, args: readonly string[]): boolean {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 && stdout.length > 0;
}

function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}
