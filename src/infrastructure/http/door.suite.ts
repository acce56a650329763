import 'reflect-metadata';
import { generateKeyPairSync } from 'node:crypto';
import type { ModuleMetadata } from '@nestjs/common';
import { CommandHandler, CqrsModule, QueryHandler } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { InjectOptions, Response } from 'light-my-request';
import { AcceptLimit } from '../../application/commands/accept-limit.ts';
import { ClaimAdmission } from '../../application/commands/claim-admission.command.ts';
import { CompleteAdmission } from '../../application/commands/complete-admission.command.ts';
import { ConfigureQueue } from '../../application/commands/configure-queue.command.ts';
import { JudgeUser } from '../../application/commands/judge-user.command.ts';
import { LeaveQueue } from '../../application/commands/leave-queue.command.ts';
import { RequestEntry } from '../../application/commands/request-entry.command.ts';
import { SteerQueue } from '../../application/commands/steer-queue.command.ts';
import { Health, type HealthReport } from '../../application/health/health-report.ts';
import type { EntryFollower } from '../../application/live/followed-entry.ts';
import { LiveEntries } from '../../application/live/live-entries.ts';
import { AdmissionTokens } from '../../application/ports/admission-tokens.port.ts';
import { Authentication } from '../../application/ports/authentication.port.ts';
import type { EntryClaims } from '../../application/ports/entry-tokens.port.ts';
import { MetricsPage } from '../../application/ports/metrics-page.port.ts';
import { RequestLimits } from '../../application/ports/request-limits.port.ts';
import { Telemetry, UNWATCHED } from '../../application/ports/telemetry.port.ts';
import { type Entry, GetMyEntry } from '../../application/queries/get-my-entry.query.ts';
import { GetProjections } from '../../application/queries/get-projections.query.ts';
import { GetQueue } from '../../application/queries/get-queue.query.ts';
import { ListQueues } from '../../application/queries/list-queues.query.ts';
import type { QueueDocument } from '../../application/queries/queue-document.ts';
import { VerifyAdmission } from '../../application/queries/verify-admission.query.ts';
import type { PartitionStatus } from '../../application/replay/projections-status.ts';
import { FlexibleRequestLimits } from '../limits/request-limits.flexible.ts';
import { JoseAdmissionTokens } from '../security/admission-token.jose.ts';
import { houseTokens } from '../security/bearer.ts';
import { BearerAuthentication } from '../security/bearer-authentication.ts';
import { HmacEntryTokens } from '../security/entry-token.hmac.ts';
import type { IdentityProvider } from '../security/identity-provider.jose.ts';
import { configureHttp, HTTP_CONTROLLERS, HTTP_PROVIDERS } from './configure-http.ts';
import { createHttpAdapter, type HttpAdapterSettings } from './http-adapter.ts';
import type { HttpSettings } from './http-settings.ts';

export const ADMIN = 'the-admin-token-of-the-tests-0123456789';
export const SERVICE = 'the-service-token-of-the-tests-0123456789';
export const entryTokens = new HmacEntryTokens(['the-entry-secret-of-the-tests-0123456789']);
export const admissionKeys = ['first', 'second'].map(() =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
export const tokenOf = (userId: string, concertId = 'c1'): string =>
  entryTokens.sign({ userId, concertId, partition: 3, offset: 41 });

export const receipt = { topic: 'queue.entry', partition: 3, offset: 41 };
export const document: QueueDocument = {
  concertId: 'c1',
  state: 'OPEN',
  policy: {
    capacity: 500,
    admissionsPerMinute: 600,
    claimWindowSeconds: 60,
    activeWindowSeconds: 600,
    maximumWaiting: null,
    minimumBalance: null,
    opensAt: 1_764_586_800_000,
    beforeOpening: 'reject',
    outcomeRetentionSeconds: 86_400,
  },
  registered: 0,
  waiting: 12,
  ready: 2,
  active: 3,
  admittedThrough: 17,
  admittedPerMinute: 4.2,
  projectedOffset: 99,
  projectedAt: 1_764_586_812_345,
};
export const entry: Entry = {
  concertId: 'c1',
  userId: 'ann',
  state: 'WAITING',
  receipt,
  place: 41,
  position: 3,
  ahead: 2,
  pollAfterMs: 1_500,
  projectedOffset: 99,
};

/** Someone who follows an entry through the door, for as long as `isThere`. */
export interface Follower {
  readonly token: EntryClaims;
  readonly since: number | undefined;
  readonly follower: EntryFollower;
  isThere: boolean;
}

interface Opening extends Partial<HttpSettings> {
  readonly entryAuth?: 'open' | 'service' | 'jwt';
  readonly provider?: IdentityProvider;
  readonly limits?: { readonly perAddress?: number; readonly perUser?: number; readonly acceptedPerSecond?: number };
  readonly trustProxy?: HttpAdapterSettings['trustProxy'];
  /** Another door beside it, on the same buses. */
  readonly beside?: Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'>;
  readonly telemetry?: Telemetry;
}

export const partition: PartitionStatus = {
  partition: 0,
  state: 'stuck',
  because: 'the owner has not written for 9 s: is any projector running?',
  owner: 'host:1',
  writtenAt: 1_764_586_812_345,
  concerts: 2,
  logEnd: 100,
  projectedOffset: 90,
  lagEvents: 9,
  lagSeconds: 9.25,
  eventsPerSecond: 0,
  deadLetters: 1,
};

/** The HTTP door on the real buses, with use cases that do as they are told and remember what they were asked. */
export class DoorUnderTest {
  readonly asked: object[] = [];
  readonly followers: Follower[] = [];
  /** What a use case does when it is not the usual. */
  answers = new Map<object, () => unknown>();
  health: HealthReport = {
    ready: true,
    roles: { api: { ready: true, detail: 'the log answers' } },
    view: { state: 'current', detail: '' },
  };

  private constructor(readonly app: NestFastifyApplication) {}

  static async open({
    entryAuth = 'open',
    provider,
    limits = {},
    trustProxy = false,
    beside,
    telemetry = UNWATCHED,
    ...settings
  }: Opening = {}): Promise<DoorUnderTest> {
    const all: HttpSettings = { corsOrigins: [], logLevel: 'silent', ...settings };
    const holder: { door?: DoorUnderTest } = {};
    const there = (): DoorUnderTest => {
      if (!holder.door) throw new Error('the door is not open yet');
      return holder.door;
    };
    const admissionTokens = await JoseAdmissionTokens.with(admissionKeys);
    const house = houseTokens(ADMIN, entryAuth === 'service' ? SERVICE : undefined);
    const tokens = { house, entry: entryTokens, admission: admissionTokens, provider };
    const callers = new BearerAuthentication(tokens, entryAuth);
    const guards = {
      callers,
      limits: new FlexibleRequestLimits({ perAddress: 0, perUser: 0, ...limits, namePrefix: '' }, undefined),
      accepts: new AcceptLimit(limits.acceptedPerSecond ?? 0),
    };
    const module = await Test.createTestingModule({
      imports: [CqrsModule.forRoot(), ...(beside?.imports ?? [])],
      controllers: [...HTTP_CONTROLLERS, ...(beside?.controllers ?? [])],
      providers: [
        ...useCases(there),
        ...HTTP_PROVIDERS,
        ...(beside?.providers ?? []),
        { provide: Authentication, useValue: callers },
        { provide: RequestLimits, useValue: guards.limits },
        { provide: AcceptLimit, useValue: guards.accepts },
        {
          provide: LiveEntries,
          useValue: { follow: (...asked: Parameters<LiveEntries['follow']>) => there().#follow(...asked) },
        },
        { provide: AdmissionTokens, useValue: admissionTokens },
        { provide: Telemetry, useValue: telemetry },
        { provide: MetricsPage, useValue: { contentType: 'text/plain', scrape: async () => 'up 1\n' } },
        { provide: Health, useValue: { report: () => Promise.resolve(there().health) } },
      ],
    }).compile();
    const app = module.createNestApplication<NestFastifyApplication>(createHttpAdapter({ trustProxy }), {
      logger: false,
    });
    await configureHttp(app, all, guards);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    holder.door = new DoorUnderTest(app);
    return holder.door;
  }

  call(method: string, url: string, options: Omit<InjectOptions, 'method' | 'url'> = {}): Promise<Response> {
    // light-my-request's type knows the common methods only.
    return this.app.inject({ ...options, method: method as 'GET', url });
  }

  json(method: string, url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    return this.call(method, url, { payload, headers: { 'content-type': 'application/json', ...headers } });
  }

  #follow(...[token, since, follower]: Parameters<LiveEntries['follow']>): () => void {
    this.answers.get(LiveEntries)?.();
    const one = { token, since, follower, isThere: true };
    this.followers.push(one);
    return () => {
      one.isThere = false;
    };
  }

  reset(): void {
    this.followers.length = 0;
    this.asked.length = 0;
    this.answers = new Map();
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

const USUAL = new Map<object, unknown>([
  [ConfigureQueue, { queue: document }],
  [SteerQueue, { queue: document }],
  [RequestEntry, { entryToken: 'a.b.c', receipt, state: 'PENDING', pollAfterMs: 1_000 }],
  [LeaveQueue, receipt],
  [JudgeUser, receipt],
  [GetQueue, document],
  [ListQueues, { queues: [document], nextCursor: 'next' }],
  [GetProjections, [partition]],
  [GetMyEntry, entry],
  [ClaimAdmission, { admissionToken: 'd.e.f', activeUntil: 1_764_586_812_345 }],
  [CompleteAdmission, receipt],
]);

function useCases(there: () => DoorUnderTest) {
  const fake = (of: abstract new (...args: never[]) => object) =>
    class {
      execute(message: object): Promise<unknown> {
        there().asked.push({ ...message });
        const unusual = there().answers.get(of);
        return unusual ? Promise.resolve().then(unusual) : Promise.resolve(USUAL.get(of));
      }
    };
  const commands = [
    ConfigureQueue,
    SteerQueue,
    RequestEntry,
    LeaveQueue,
    JudgeUser,
    ClaimAdmission,
    CompleteAdmission,
  ].map((command) => {
    const handler = fake(command);
    CommandHandler(command)(handler);
    return handler;
  });
  const queries = [GetQueue, ListQueues, GetProjections, GetMyEntry, VerifyAdmission].map((query) => {
    const handler = fake(query);
    QueryHandler(query)(handler);
    return handler;
  });
  return [...commands, ...queries];
}
