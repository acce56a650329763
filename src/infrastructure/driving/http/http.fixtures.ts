import 'reflect-metadata';
import type { ModuleMetadata } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { InjectOptions, Response } from 'light-my-request';
import { EntryRateLimiter } from '../../../application/commands/entry-rate-limiter.ts';
import { NOOP_TELEMETRY } from '../../../application/event-log/noop-telemetry.ts';
import { Health, type HealthReport } from '../../../application/health/health-report.ts';
import { AdmissionTokens } from '../../../application/ports/admission-tokens.port.ts';
import { Authentication } from '../../../application/ports/authentication.port.ts';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import { MetricsExporter } from '../../../application/ports/metrics-exporter.port.ts';
import { RequestLimits } from '../../../application/ports/request-limits.port.ts';
import { Telemetry } from '../../../application/ports/telemetry.port.ts';
import type { EntrySubscriber } from '../../../application/subscriptions/entry-subscription.ts';
import { EntrySubscriptions } from '../../../application/subscriptions/entry-subscriptions.ts';
import { FlexibleRequestLimits } from '../../driven/rate-limits/request-limits.flexible.ts';
import { JoseAdmissionTokens } from '../../driven/tokens/admission-token.jose.ts';
import { staticTokens } from '../../driven/tokens/bearer.ts';
import { BearerAuthentication } from '../../driven/tokens/bearer-authentication.ts';
import type { IdentityProvider } from '../../driven/tokens/identity-provider.jose.ts';
import { configureHttp, HTTP_CONTROLLERS, HTTP_PROVIDERS } from './configure-http.ts';
import { createHttpAdapter, type HttpAdapterSettings } from './http-adapter.ts';
import { ADMIN, admissionKeys, entryTokens, SERVICE } from './http-samples.fixtures.ts';
import type { HttpSettings } from './http-settings.ts';
import { fakeUseCases } from './use-cases.fixtures.ts';

/** Someone who follows an entry through the door, for as long as `isThere`. */
export interface Follower {
  readonly token: EntryClaims;
  readonly since: number | undefined;
  readonly follower: EntrySubscriber;
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

/** The HTTP door on the real buses, with use cases that do as they are told and remember what they were asked. */
export class TestApi {
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
    telemetry = NOOP_TELEMETRY,
    ...settings
  }: Opening = {}): Promise<TestApi> {
    const all: HttpSettings = { corsOrigins: [], logLevel: 'silent', ...settings };
    const holder: { door?: TestApi } = {};
    const there = (): TestApi => {
      if (!holder.door) throw new Error('the door is not open yet');
      return holder.door;
    };
    const admissionTokens = await JoseAdmissionTokens.with(admissionKeys);
    const tokens = {
      staticTokens: staticTokens(ADMIN, entryAuth === 'service' ? SERVICE : undefined),
      entry: entryTokens,
      admission: admissionTokens,
      provider,
    };
    const callers = new BearerAuthentication(tokens, entryAuth);
    const guards = {
      callers,
      limits: new FlexibleRequestLimits({ perAddress: 0, perUser: 0, ...limits, namePrefix: '' }, undefined),
      accepts: new EntryRateLimiter(limits.acceptedPerSecond ?? 0),
    };
    const module = await Test.createTestingModule({
      imports: [CqrsModule.forRoot(), ...(beside?.imports ?? [])],
      controllers: [...HTTP_CONTROLLERS, ...(beside?.controllers ?? [])],
      providers: [
        ...fakeUseCases(there),
        ...HTTP_PROVIDERS,
        ...(beside?.providers ?? []),
        { provide: Authentication, useValue: callers },
        { provide: RequestLimits, useValue: guards.limits },
        { provide: EntryRateLimiter, useValue: guards.accepts },
        {
          provide: EntrySubscriptions,
          useValue: { follow: (...asked: Parameters<EntrySubscriptions['follow']>) => there().#follow(...asked) },
        },
        { provide: AdmissionTokens, useValue: admissionTokens },
        { provide: Telemetry, useValue: telemetry },
        { provide: MetricsExporter, useValue: { contentType: 'text/plain', scrape: async () => 'up 1\n' } },
        { provide: Health, useValue: { report: () => Promise.resolve(there().health) } },
      ],
    }).compile();
    const app = module.createNestApplication<NestFastifyApplication>(createHttpAdapter({ trustProxy }), {
      logger: false,
    });
    await configureHttp(app, all, guards);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    holder.door = new TestApi(app);
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

  #follow(...[token, since, follower]: Parameters<EntrySubscriptions['follow']>): () => void {
    this.answers.get(EntrySubscriptions)?.();
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
