import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifySchema, RouteOptions } from 'fastify';
import { AdmissionSchema, JwkSetSchema } from './schemas/admission.schema.ts';
import { EntryAcceptedSchema, EntryRequestSchema, EntrySchema } from './schemas/entry.schema.ts';
import { ReadinessSchema } from './schemas/health.schema.ts';
import { PolicySchema } from './schemas/policy.schema.ts';
import { ProblemSchema } from './schemas/problem.schema.ts';
import { ProjectionsSchema } from './schemas/projections.schema.ts';
import { NoticeRequestSchema, NoticeSchema, QueuePageSchema, QueueSchema } from './schemas/queue.schema.ts';
import { ReceiptedSchema, ReceiptSchema } from './schemas/receipt.schema.ts';

const NAMED = [
  ProblemSchema,
  ReceiptSchema,
  ReceiptedSchema,
  PolicySchema,
  NoticeSchema,
  NoticeRequestSchema,
  QueueSchema,
  QueuePageSchema,
  EntryRequestSchema,
  EntryAcceptedSchema,
  EntrySchema,
  AdmissionSchema,
  JwkSetSchema,
  ReadinessSchema,
  ProjectionsSchema,
];
const bearer = (description: string) => ({ type: 'http', scheme: 'bearer', description }) as const;

type Responses = Readonly<Record<string, object>>;

/**
 * Keeps the problem responses of a route in the OpenAPI document but out of Fastify, which would compile a serializer for
 * each at every start. `sendProblem` serializes them itself.
 */
class ProblemResponses {
  readonly #responses = new WeakMap<RouteOptions, Responses>();

  remove(route: RouteOptions): void {
    const responses = route.schema?.response as Responses | undefined; // the type that `@RouteSchema` accepts
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

/** Serves the OpenAPI document of all routes registered afterwards at `/openapi.json`, and its pages at `/docs`. */
export async function registerOpenApi(app: NestFastifyApplication): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  for (const schema of NAMED) fastify.addSchema(schema);
  const problems = new ProblemResponses();
  fastify.addHook('onRoute', (route) => problems.remove(route));
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'concert-queue',
        version: '1',
        description:
          'A virtual waiting room for ticket sales with a verifiably fair queue. Errors are problem documents (RFC 9457); `code` is one of a closed list.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: [
        { name: 'queues', description: "A concert's queue: its policy and its public document." },
        { name: 'entries', description: "One user's participation in one concert's queue." },
        { name: 'admissions', description: 'Calls of the protected site.' },
        { name: 'projections', description: 'Progress of the projection, for operators.' },
        { name: 'health' },
        { name: 'documents' },
      ],
      components: {
        securitySchemes: {
          adminToken: bearer(
            "`ADMIN_TOKEN`, or an operator's token of the identity provider with the scope `queue:admin`.",
          ),
          serviceToken: bearer("`SERVICE_TOKEN` of the shop's backend."),
          userToken: bearer("A user's token of the identity provider at `AUTH_JWKS_URL`; its `sub` is the userId."),
          entryToken: bearer('The `entryToken` that `requestEntry` returned.'),
          admissionToken: bearer('The `admissionToken` that `claimAdmission` returned.'),
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
