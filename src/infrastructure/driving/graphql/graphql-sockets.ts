import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type { FastifyInstance } from 'fastify';
import {
  type ExecutionArgs,
  GraphQLError,
  getOperationAST,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import {
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  makeServer,
  type Server as ProtocolServer,
  type SubscribePayload,
} from 'graphql-ws';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { QueueError } from '../../../application/errors.ts';
import { Telemetry } from '../../../application/ports/telemetry.port.ts';
import { asGraphQLErrors, formatError } from './format-error.ts';
import type { GraphqlContext } from './graphql-context.ts';
import { GraphqlLimits } from './graphql-limits.ts';
import { GraphqlSettings, rulesOf } from './graphql-settings.ts';
import { LIMITS } from './limits.rule.ts';
import { registerOperations } from './operation-metrics.ts';

/** As metrics name it. */
const OPENING = 'connect';
/** What a WebSocket is opened at. */
const PATH = '/graphql';
/** Bytes in a message. */
const LARGEST_MESSAGE = 16 * 1024;
const OPERATIONS_AT_ONCE = 10;
/** A client that has not answered a ping before the next one is gone. */
const PING_MS = 15_000;
/** What a client may take to answer the end of the connection. */
const LAST_WORDS_MS = 2_000;
const GOING_AWAY = 1001;
const INTERNAL_ERROR = 1011;
const TRY_AGAIN_LATER = 1013;

interface Connection {
  readonly request: IncomingMessage;
}

/** Subscriptions over `graphql-transport-ws`; the protocol is graphql-ws's, the bounds are ours. */
@Injectable()
export class GraphqlSockets implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('graphql');
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    clientTracking: true,
    handleProtocols: (offered) => (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false),
  });
  readonly #protocol: ProtocolServer<Connection>;
  #pings: NodeJS.Timeout | undefined;
  readonly #silent = new WeakSet<WebSocket>();

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly schemas: GraphQLSchemaHost,
    @Inject(GraphqlSettings) private readonly settings: GraphqlSettings,
    private readonly guards: GraphqlLimits,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
  ) {
    this.#protocol = makeServer<Record<string, unknown>, Connection>({
      onSubscribe: ({ connectionParams, extra, subscriptions }, _id, payload) => {
        if (Object.keys(subscriptions).length > OPERATIONS_AT_ONCE) return [tooMany()];
        return this.#prepare(payload, { authorization: authorizationOf(connectionParams, extra.request) });
      },
      onNext: (_context, _id, _payload, _args, { errors, data }) =>
        errors && { ...(data !== undefined && { data }), errors: errors.map(formatError) },
      onError: (_context, _id, _payload, errors) => errors.map(formatError),
    });
  }

  onApplicationBootstrap(): void {
    registerOperations(this.telemetry, this.schemas.schema);
    this.telemetry.registerOperation('graphql', OPENING);
    const { server } = this.host.httpAdapter.getInstance<FastifyInstance>();
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(request, socket, head).catch((error: unknown) => {
        this.#logger.error({ err: error }, 'unforeseen error');
        socket.destroy();
      });
    });
    this.#pings = setInterval(() => this.#ping(), PING_MS).unref();
  }

  /** Closes all connections for a reason that clients come back from. */
  beforeApplicationShutdown(): void {
    clearInterval(this.#pings);
    for (const socket of this.#sockets.clients) {
      socket.close(GOING_AWAY, 'Going away');
      setTimeout(() => socket.terminate(), LAST_WORDS_MS).unref();
    }
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const [path] = (request.url ?? '').split('?', 1);
    if (path !== PATH) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const refusal = await this.#refusal(request);
    if (refusal) {
      const rest = `Retry-After: ${Math.ceil(refusal.retryAfterSeconds ?? 1)}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
      socket.end(`HTTP/1.1 429 Too Many Requests\r\n${rest}`);
      return;
    }
    if (socket.destroyed) return;
    this.#sockets.handleUpgrade(request, socket, head, (client) => this.#opened(client, request));
  }

  /** Fastify's hooks see no upgrades. @returns undefined: it may come in */
  async #refusal(request: IncomingMessage): Promise<QueueError | undefined> {
    const address = this.host.httpAdapter.getInstance<FastifyInstance>().clientAddress(request);
    try {
      await this.guards.newcomer(request.headers.authorization, address);
      return undefined;
    } catch (error) {
      if (!(error instanceof QueueError)) throw error;
      this.telemetry.recordResponse('graphql', OPENING, error.code);
      return error;
    }
  }

  #opened(socket: WebSocket, request: IncomingMessage): void {
    const isTooMany = this.#sockets.clients.size > this.settings.liveStreamLimit;
    this.telemetry.recordResponse('graphql', OPENING, isTooMany ? 'OVERLOADED' : undefined);
    if (isTooMany) {
      socket.close(TRY_AGAIN_LATER, 'Too many connections');
      return;
    }
    socket.on('error', (error) => this.#logger.debug(`a client's connection failed: ${error.message}`));
    socket.on('pong', () => this.#silent.delete(socket));
    const closed = this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) => {
          socket.on(
            'message',
            (data: RawData) => void take(textOf(data)).catch((error: unknown) => this.#failed(socket, error)),
          );
        },
      },
      { request },
    );
    socket.once('close', (code, reason) => void closed(code, reason.toString()));
  }

  /** Says nothing of the reason: it is ours. */
  #failed(socket: WebSocket, error: unknown): void {
    this.#logger.error({ err: error }, 'unforeseen error');
    socket.close(INTERNAL_ERROR, 'Internal error');
  }

  #ping(): void {
    for (const socket of this.#sockets.clients) {
      if (this.#silent.has(socket)) socket.terminate();
      this.#silent.add(socket);
      if (socket.readyState === socket.OPEN) socket.ping();
    }
  }

  /** What Mercurius does with a document that comes by HTTP. */
  #prepare(
    { query, variables, operationName }: SubscribePayload,
    contextValue: GraphqlContext,
  ): ExecutionArgs | readonly GraphQLError[] {
    const { schema } = this.schemas;
    try {
      const document = parse(query, { maxTokens: LIMITS.tokens });
      const errors = validate(schema, document, [...specifiedRules, ...rulesOf(this.settings)]);
      if (errors.length > 0) return errors;
      const operation = getOperationAST(document, operationName)?.operation;
      // The rest has its own way in, where the limits of addresses are kept.
      if (operation !== OperationTypeNode.SUBSCRIPTION) return [new GraphQLError('Only subscriptions come this way.')];
      return { schema, document, contextValue, variableValues: variables, operationName };
    } catch (error) {
      return asGraphQLErrors([error]); // of the parser
    }
  }
}

/** Resolves when it is on its way: until then nothing more is sent, and what is newer takes the place of what waits. */
function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    // A connection that fails is closed by that, and its operations with it.
    socket.send(text, () => resolve());
  });
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}

function tooMany(): GraphQLError {
  const detail = `A connection carries out at most ${OPERATIONS_AT_ONCE} operations at once.`;
  return new GraphQLError(detail, { originalError: new QueueError('TOO_MANY_REQUESTS', detail) });
}

/** The connection's own parameter, however it is written, or else the header that it was opened with. */
function authorizationOf(
  params: Readonly<Record<string, unknown>> | undefined,
  request: IncomingMessage,
): string | undefined {
  const [, given] = Object.entries(params ?? {}).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return typeof given === 'string' ? given : request.headers.authorization;
}
