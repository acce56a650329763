import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifySchema, RouteOptions } from 'fastify';
import { Admission, JwkSet } from './schemas/admission.schema.ts';
import { Entry, EntryAccepted, EntryRequest } from './schemas/entry.schema.ts';
import { Readiness } from './schemas/health.schema.ts';
import { Policy } from './schemas/policy.schema.ts';
import { Problem } from './schemas/problem.schema.ts';
import { Projections } from './schemas/projections.schema.ts';
import { Queue, QueuePage } from './schemas/queue.schema.ts';
import { Receipt, Receipted } from './schemas/receipt.schema.ts';

const NAMED = [
  Problem,
  Receipt,
  Receipted,
  Policy,
  Queue,
  QueuePage,
  EntryRequest,
  EntryAccepted,
  Entry,
  Admission,
  JwkSet,
  Readiness,
  Projections,
];
const bearer = (description: string) => ({ type: 'http', scheme: 'bearer', description }) as const;

type Responses = Readonly<Record<string, object>>;

/**
 * Problems are sent as text (`sendProblem`). They belong into the description of a route and need no serializer there: some
 * hundred would be compiled at every start.
 */
class ProblemResponses {
  readonly #responses = new WeakMap<RouteOptions, Responses>();

  takeOut(route: RouteOptions): void {
    const responses = route.schema?.response as Responses | undefined; // as `@RouteSchema` was given it
    if (!responses) return;
    this.#responses.set(route, responses);
    const others = Object.entries(responses).filter(([, { content = {} }]: [string, Content]) => !(PROBLEM in content));
    route.schema = { ...route.schema, response: Object.fromEntries(others) };
  }

  schemaOf(route: RouteOptions): FastifySchema {
    const response = this.#responses.get(route);
    return { ...route.schema, ...(response && { response }) };
  }
}

interface Content {
  readonly content?: object;
}
const PROBLEM = 'application/problem+json';

/** Describes all routes that are registered afterwards, under /openapi.json and, for people, /docs. */
export async function registerOpenApi(app: NestFastifyApplication): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  for (const schema of NAMED) fastify.addSchema(schema);
  const problems = new ProblemResponses();
  fastify.addHook('onRoute', (route) => problems.takeOut(route));
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'concert-queue',
        version: '1',
        description:
          'A virtual waiting room for ticket sales whose queue can be proved fair. Errors are problem documents (RFC 9457) with a `code` of a closed list.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: [
        { name: 'queues', description: "A concert's queue: its policy and its public document." },
        { name: 'entries', description: "One user's place in one queue." },
        { name: 'admissions', description: 'What the protected site asks and says.' },
        { name: 'projections', description: 'What operators ask of the views.' },
        { name: 'health' },
        { name: 'documents' },
      ],
      components: {
        securitySchemes: {
          adminToken: bearer("`ADMIN_TOKEN`, or an operator's own token with the scope `queue:admin`."),
          serviceToken: bearer("`SERVICE_TOKEN`: the shop's own backend."),
          userToken: bearer(
            "A user's own token, from the identity provider of `AUTH_JWKS_URL`: its `sub` is the userId.",
          ),
          entryToken: bearer('The token that was given for a request for entry.'),
          admissionToken: bearer('The token that was given for a claim.'),
        },
      },
    },
    transform: ({ route, url }) => ({ schema: problems.schemaOf(route), url }),
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) =>
        typeof json['$id'] === 'string' ? json['$id'] : `def-${index}`,
    },
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
}
