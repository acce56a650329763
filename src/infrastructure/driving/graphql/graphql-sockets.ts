import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type { FastifyInstance } from 'fastify';
import { type ExecutionArgs, GraphQLError, getOperationAST, OperationTypeNode } from 'graphql';
import {
  type Context,
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  makeServer,
  type Server as ProtocolServer,
  type SubscribePayload,
} from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { QueueError } from '../../../application/errors.ts';
import { Authentication } from '../../../application/ports/authentication.port.ts';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import { RequestLimits } from '../../../application/ports/request-limits.port.ts';
import { Telemetry } from '../../../application/ports/telemetry.port.ts';
import { clientSubnet } from '../../../lib/client-subnet.ts';
import { Slots } from '../../../lib/slots.ts';
import { formatError, toGraphQLError } from './format-error.ts';
import type { GraphqlContext } from './graphql-context.ts';
import { GraphqlExecutor } from './graphql-executor.ts';
import { GraphqlSettings } from './graphql-settings.ts';
import { GuardedSocket } from './guarded-socket.ts';
import { registerOperations } from './operation-metrics.ts';

/** Name of the operation in metrics. */
const CONNECT = 'connect';
const PATH = '/graphql';
const MAX_MESSAGE_BYTES = 16 * 1024;
/** A message of a client has one frame; proxies may split it. */
const MAX_FRAGMENTS = 64;
const MAX_OPERATIONS = 10;
/** A connection without a valid token is closed after this time. */
const INIT_TIMEOUT_MS = 3_000;
const MAX_WITHOUT_TOKEN_PER_ADDRESS = 50;
const MAX_PER_ENTRY = 8;
/** A client that has not answered a ping before the next one is gone. */
const PING_MS = 15_000;
const CLOSE_TIMEOUT_MS = 2_000;
const GOING_AWAY = 1001;
const INTERNAL_ERROR = 1011;
const TRY_AGAIN_LATER = 1013;

/** Of one socket. The token comes with the upgrade or with `connection_init`. */
interface SocketConnection {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  claims: EntryClaims | undefined;
  /** Frees the slot that the connection holds now: of its address without a token, of its entry with one. */
  freeSlot: () => void;
}

type ConnectionContext = Context<Record<string, unknown>, SocketConnection>;

/** Subscriptions over `graphql-transport-ws`. Nothing is parsed for a connection without a valid entry token. */
@Injectable()
export class GraphqlSockets implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('graphql');
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
    autoPong: false,
    clientTracking: true,
    handleProtocols: (offered) => (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false),
  });
  readonly #protocol: ProtocolServer<SocketConnection>;
  readonly #withoutToken = new Slots(MAX_WITHOUT_TOKEN_PER_ADDRESS);
  readonly #perEntry = new Slots(MAX_PER_ENTRY);
  #withToken = 0;
  #pings: NodeJS.Timeout | undefined;
  readonly #unanswered = new WeakSet<WebSocket>();

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly schemas: GraphQLSchemaHost,
    private readonly executor: GraphqlExecutor,
    @Inject(GraphqlSettings) private readonly settings: GraphqlSettings,
    @Inject(Authentication) private readonly authentication: Authentication,
    @Inject(RequestLimits) private readonly limits: RequestLimits,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
  ) {
    this.#protocol = makeServer<Record<string, unknown>, SocketConnection>({
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      onConnect: (context) => this.#connect(context),
      onSubscribe: (context, _id, payload) => this.#subscribe(context, payload),
      onNext: (_context, _id, _payload, _args, { errors, data }) =>
        errors && { ...(data !== undefined && { data }), errors: errors.map(formatError) },
      onError: (_context, _id, _payload, errors) => errors.map(formatError),
    });
  }

  onApplicationBootstrap(): void {
    registerOperations(this.telemetry, this.schemas.schema);
    this.telemetry.registerOperation('graphql', CONNECT);
    const { server } = this.host.httpAdapter.getInstance<FastifyInstance>();
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(request, socket, head).catch((error: unknown) => {
        this.#logger.error({ err: error }, 'the upgrade failed');
        socket.destroy();
      });
    });
    this.#pings = setInterval(() => this.#ping(), PING_MS).unref();
  }

  /** Closes all connections with a code after which clients connect again. */
  beforeApplicationShutdown(): void {
    clearInterval(this.#pings);
    for (const socket of this.#sockets.clients) {
      socket.close(GOING_AWAY, 'Going away');
      setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
    }
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const [path] = (request.url ?? '').split('?', 1);
    if (path !== PATH) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const address = this.host.httpAdapter.getInstance<FastifyInstance>().clientAddress(request);
    const claims = this.#claimsOf(request.headers.authorization);
    const rejection = await this.#rejection(address, claims);
    const freeSlot = rejection ? undefined : this.#withoutToken.take(clientSubnet(address));
    if (rejection || !freeSlot) {
      this.telemetry.recordResponse('graphql', CONNECT, 'TOO_MANY_REQUESTS');
      const rest = `Retry-After: ${Math.ceil(rejection?.retryAfterSeconds ?? 2)}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
      socket.end(`HTTP/1.1 429 Too Many Requests\r\n${rest}`);
      return;
    }
    socket.once('close', freeSlot);
    if (socket.destroyed) freeSlot();
    else
      this.#sockets.handleUpgrade(request, socket, head, (client) =>
        this.#opened({ socket: client, request, claims: undefined, freeSlot }, claims),
      );
  }

  /** Fastify's hooks see no upgrades: the holder of a token counts by user, everyone else by address. */
  async #rejection(address: string, claims: EntryClaims | undefined): Promise<QueueError | undefined> {
    try {
      await (claims ? this.limits.ofUser?.(claims.userId) : this.limits.ofAddress?.(address));
      return undefined;
    } catch (error) {
      if (error instanceof QueueError) return error;
      throw error;
    }
  }

  #opened(connection: SocketConnection, claims: EntryClaims | undefined): void {
    const { socket } = connection;
    if (claims && !this.#admit(connection, claims)) return;
    const guarded = new GuardedSocket(socket);
    socket.on('error', (error) => this.#logger.debug(`a client's connection failed: ${error.message}`));
    socket.on('pong', () => this.#unanswered.delete(socket));
    const closed = this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => guarded.send(text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) =>
          guarded.onMessage((text) => void take(text).catch((error: unknown) => this.#failed(socket, error))),
      },
      connection,
    );
    socket.once('close', (code, reason) => void closed(code, reason.toString()));
  }

  /** Moves a connection from the slots of its address to those of its entry. @returns whether it may stay open */
  #admit(connection: SocketConnection, claims: EntryClaims): boolean {
    const { socket } = connection;
    const freeEntry = this.#perEntry.take(`${claims.concertId}:${claims.userId}`);
    if (!freeEntry || this.#withToken >= this.settings.liveStreamLimit) {
      freeEntry?.();
      this.telemetry.recordResponse('graphql', CONNECT, 'OVERLOADED');
      socket.close(TRY_AGAIN_LATER, 'Too many connections');
      return false;
    }
    connection.freeSlot();
    connection.claims = claims;
    this.#withToken += 1;
    socket.once('close', () => {
      this.#withToken -= 1;
      freeEntry();
    });
    this.telemetry.recordResponse('graphql', CONNECT, undefined);
    return true;
  }

  /** `connection_init`. False closes the socket with 4403. */
  async #connect({ connectionParams, extra }: ConnectionContext): Promise<boolean> {
    if (extra.claims) return true;
    const claims = this.#claimsOf(authorizationOf(connectionParams, extra.request));
    if (!claims) {
      this.telemetry.recordResponse('graphql', CONNECT, 'UNAUTHENTICATED');
      return false;
    }
    if (await this.#rejection('', claims)) {
      extra.socket.close(TRY_AGAIN_LATER, 'Too many requests');
      return false;
    }
    return this.#admit(extra, claims);
  }

  async #subscribe(
    { connectionParams, extra, subscriptions }: ConnectionContext,
    { query, variables, operationName }: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    if (!extra.claims) return [toGraphQLError(new QueueError('UNAUTHENTICATED', 'An entry token is required.'))];
    if (Object.keys(subscriptions).length > MAX_OPERATIONS) return [tooManyOperations()];
    const rejection = await this.#rejection('', extra.claims);
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

  #claimsOf(authorization: string | undefined): EntryClaims | undefined {
    if (authorization === undefined) return undefined;
    try {
      return this.authentication.verifyEntryToken(authorization, undefined);
    } catch (error) {
      if (error instanceof QueueError) return undefined;
      throw error;
    }
  }

  #failed(socket: WebSocket, error: unknown): void {
    this.#logger.error({ err: error }, 'a subscription failed');
    socket.close(INTERNAL_ERROR, 'Internal error');
  }

  #ping(): void {
    for (const socket of this.#sockets.clients) {
      if (this.#unanswered.has(socket)) socket.terminate();
      this.#unanswered.add(socket);
      if (socket.readyState === socket.OPEN) socket.ping();
    }
  }
}

function tooManyOperations(): GraphQLError {
  const detail = `A connection carries at most ${MAX_OPERATIONS} subscriptions at once.`;
  return toGraphQLError(new QueueError('TOO_MANY_REQUESTS', detail));
}

/** The connection parameter, in any case, or the header of the upgrade. */
function authorizationOf(
  params: Readonly<Record<string, unknown>> | undefined,
  request: IncomingMessage,
): string | undefined {
  const [, given] = Object.entries(params ?? {}).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return typeof given === 'string' ? given : request.headers.authorization;
}
