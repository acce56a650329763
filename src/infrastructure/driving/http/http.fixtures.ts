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

/** A subscription to an entry that a client opened. */
export interface TestSubscription {
  readonly token: EntryClaims;
  readonly since: number | undefined;
  readonly subscriber: EntrySubscriber;
  /** Whether the client is still connected. */
  isOpen: boolean;
}

interface TestApiOptions extends Partial<HttpSettings> {
  readonly entryAuth?: 'open' | 'service' | 'jwt';
  readonly provider?: IdentityProvider;
  readonly limits?: { readonly perAddress?: number; readonly perUser?: number; readonly acceptedPerSecond?: number };
  readonly trustProxy?: HttpAdapterSettings['trustProxy'];
  /** Another API in the same application, on the same buses. */
  readonly otherApi?: Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'>;
  readonly telemetry?: Telemetry;
}

/** The HTTP API on real buses, with fake use cases that record the messages they receive. */
export class TestApi {
  readonly messages: object[] = [];
  readonly subscriptions: TestSubscription[] = [];
  /** Results by message class, in place of the default results. */
  results = new Map<object, () => unknown>();
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
    otherApi,
    telemetry = NOOP_TELEMETRY,
    ...settings
  }: TestApiOptions = {}): Promise<TestApi> {
    const httpSettings: HttpSettings = { corsOrigins: [], logLevel: 'silent', ...settings };
    const holder: { api?: TestApi } = {};
    const current = (): TestApi => {
      if (!holder.api) throw new Error('the API is not open yet');
      return holder.api;
    };
    const admissionTokens = await JoseAdmissionTokens.with(admissionKeys);
    const tokens = {
      staticTokens: staticTokens(ADMIN, entryAuth === 'service' ? SERVICE : undefined),
      entry: entryTokens,
      admission: admissionTokens,
      provider,
    };
    const authentication = new BearerAuthentication(tokens, entryAuth);
    const accessControl = {
      authentication,
      limits: new FlexibleRequestLimits({ perAddress: 0, perUser: 0, ...limits, namePrefix: '' }, undefined),
      entryRateLimiter: new EntryRateLimiter(limits.acceptedPerSecond ?? 0),
    };
    const module = await Test.createTestingModule({
      imports: [CqrsModule.forRoot(), ...(otherApi?.imports ?? [])],
      controllers: [...HTTP_CONTROLLERS, ...(otherApi?.controllers ?? [])],
      providers: [
        ...fakeUseCases(current),
        ...HTTP_PROVIDERS,
        ...(otherApi?.providers ?? []),
        { provide: Authentication, useValue: authentication },
        { provide: RequestLimits, useValue: accessControl.limits },
        { provide: EntryRateLimiter, useValue: accessControl.entryRateLimiter },
        {
          provide: EntrySubscriptions,
          useValue: {
            subscribe: (...args: Parameters<EntrySubscriptions['subscribe']>) => current().#subscribe(...args),
          },
        },
        { provide: AdmissionTokens, useValue: admissionTokens },
        { provide: Telemetry, useValue: telemetry },
        { provide: MetricsExporter, useValue: { contentType: 'text/plain', scrape: async () => 'up 1\n' } },
        { provide: Health, useValue: { report: () => Promise.resolve(current().health) } },
      ],
    }).compile();
    const app = module.createNestApplication<NestFastifyApplication>(createHttpAdapter({ trustProxy }), {
      logger: false,
    });
    await configureHttp(app, httpSettings, accessControl);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    holder.api = new TestApi(app);
    return holder.api;
  }

  call(method: string, url: string, options: Omit<InjectOptions, 'method' | 'url'> = {}): Promise<Response> {
    // The type of light-my-request lists the common methods only.
    return this.app.inject({ ...options, method: method as 'GET', url });
  }

  json(method: string, url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    return this.call(method, url, { payload, headers: { 'content-type': 'application/json', ...headers } });
  }

  #subscribe(...[token, since, subscriber]: Parameters<EntrySubscriptions['subscribe']>): () => void {
    this.results.get(EntrySubscriptions)?.();
    const subscription = { token, since, subscriber, isOpen: true };
    this.subscriptions.push(subscription);
    return () => {
      subscription.isOpen = false;
    };
  }

  reset(): void {
    this.subscriptions.length = 0;
    this.messages.length = 0;
    this.results = new Map();
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
