import { Logger } from '@nestjs/common';
import type { GraphQLSchemaHost } from '@nestjs/graphql';
import { type ExecutionArgs, GraphQLError, getOperationAST, OperationTypeNode } from 'graphql';
import { type Context, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import { QueueError } from '../../../application/errors.ts';
import type { Telemetry } from '../../../application/ports/telemetry.port.ts';
import { formatError, toGraphQLError } from './format-error.ts';
import type { GraphqlContext } from './graphql-context.ts';
import type { GraphqlExecutor } from './graphql-executor.ts';
import { GuardedSocket } from './guarded-socket.ts';
import type { SocketAdmission } from './socket-admission.ts';
import { authorizationOf, CONNECT, type SocketConnection, TRY_AGAIN_LATER } from './socket-connection.ts';

const MAX_OPERATIONS = 10;
/** A connection without a valid token is closed after this time. */
const INIT_TIMEOUT_MS = 3_000;
const INTERNAL_ERROR = 1011;

type ConnectionContext = Context<Record<string, unknown>, SocketConnection>;

/** The messages of `graphql-transport-ws`. Nothing is parsed for a connection without a valid entry token. */
export class SubscriptionProtocol {
  readonly #logger = new Logger('graphql');
  readonly #server: Server<SocketConnection>;

  constructor(
    private readonly schemas: GraphQLSchemaHost,
    private readonly executor: GraphqlExecutor,
    private readonly admission: SocketAdmission,
    private readonly telemetry: Telemetry,
  ) {
    this.#server = makeServer<Record<string, unknown>, SocketConnection>({
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      onConnect: (context) => this.#connect(context),
      onSubscribe: (context, _id, payload) => this.#subscribe(context, payload),
      onNext: (_context, _id, _payload, _args, { errors, data }) =>
        errors && { ...(data !== undefined && { data }), errors: errors.map(formatError) },
      onError: (_context, _id, _payload, errors) => errors.map(formatError),
    });
  }

  /** Serves a connection until it closes. */
  serve(connection: SocketConnection): void {
    const { socket } = connection;
    const guarded = new GuardedSocket(socket);
    const closed = this.#server.opened(
      {
        protocol: socket.protocol,
        send: (text) => guarded.send(text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) =>
          guarded.onMessage((text) => void take(text).catch((error: unknown) => this.#failed(connection, error))),
      },
      connection,
    );
    socket.once('close', (code, reason) => void closed(code, reason.toString()));
  }

  /** `connection_init`. False closes the socket with 4403. */
  async #connect({ connectionParams, extra }: ConnectionContext): Promise<boolean> {
    if (extra.claims) return true;
    const claims = this.admission.claimsOf(authorizationOf(connectionParams, extra.request));
    if (!claims) {
      this.telemetry.recordResponse('graphql', CONNECT, 'UNAUTHENTICATED');
      return false;
    }
    if (await this.admission.rejection('', claims)) {
      extra.socket.close(TRY_AGAIN_LATER, 'Too many requests');
      return false;
    }
    return this.admission.admit(extra, claims);
  }

  async #subscribe(
    { connectionParams, extra, subscriptions }: ConnectionContext,
    { query, variables, operationName }: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    if (!extra.claims) return [toGraphQLError(new QueueError('UNAUTHENTICATED', 'An entry token is required.'))];
    if (Object.keys(subscriptions).length > MAX_OPERATIONS) return [tooManyOperations()];
    const rejection = await this.admission.rejection('', extra.claims);
    if (rejection) return [toGraphQLError(rejection)];
    const document = await this.executor.prepare(query);
    if (document instanceof GraphQLError) return [document];
    const operation = getOperationAST(document, operationName)?.operation;
    // Queries and mutations go over HTTP.
    if (operation !== OperationTypeNode.SUBSCRIPTION)
      return [new GraphQLError('A WebSocket carries subscriptions only.')];
    const { userId } = extra.claims;
    const contextValue: GraphqlContext = {
      authorization: authorizationOf(connectionParams, extra.request),
      caller: { kind: 'user', userId },
      countedUser: userId,
    };
    return { schema: this.schemas.schema, document, contextValue, variableValues: variables, operationName };
  }

  #failed({ socket }: SocketConnection, error: unknown): void {
    this.#logger.error({ err: error }, 'a subscription failed');
    socket.close(INTERNAL_ERROR, 'Internal error');
  }
}

function tooManyOperations(): GraphQLError {
  const detail = `A connection carries at most ${MAX_OPERATIONS} subscriptions at once.`;
  return toGraphQLError(new QueueError('TOO_MANY_REQUESTS', detail));
}
