import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type { FastifyInstance } from 'fastify';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { QueueError } from '../../../application/errors.ts';
import { Authentication } from '../../../application/ports/authentication.port.ts';
import type { EntryClaims } from '../../../application/ports/entry-tokens.port.ts';
import { RequestLimits } from '../../../application/ports/request-limits.port.ts';
import { Telemetry } from '../../../application/ports/telemetry.port.ts';
import { GraphqlExecutor } from './graphql-executor.ts';
import { GraphqlSettings } from './graphql-settings.ts';
import { registerOperations } from './operation-metrics.ts';
import { SocketAdmission } from './socket-admission.ts';
import { CONNECT, type SocketConnection } from './socket-connection.ts';
import { SocketHeartbeat } from './socket-heartbeat.ts';
import { SubscriptionProtocol } from './subscription-protocol.ts';

const PATH = '/graphql';
const MAX_MESSAGE_BYTES = 16 * 1024;
/** A message of a client has one frame; proxies may split it. */
const MAX_FRAGMENTS = 64;
const CLOSE_TIMEOUT_MS = 2_000;
const GOING_AWAY = 1001;

/** The WebSockets of subscriptions: accepts upgrades, and closes all connections at shutdown. */
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
  readonly #heartbeat = new SocketHeartbeat(this.#sockets.clients);
  readonly #admission: SocketAdmission;
  readonly #protocol: SubscriptionProtocol;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly schemas: GraphQLSchemaHost,
    executor: GraphqlExecutor,
    @Inject(GraphqlSettings) { liveStreamLimit }: GraphqlSettings,
    @Inject(Authentication) authentication: Authentication,
    @Inject(RequestLimits) limits: RequestLimits,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
  ) {
    this.#admission = new SocketAdmission(authentication, limits, telemetry, liveStreamLimit);
    this.#protocol = new SubscriptionProtocol(schemas, executor, this.#admission, telemetry);
  }

  onApplicationBootstrap(): void {
    registerOperations(this.telemetry, this.schemas.schema);
    this.telemetry.registerOperation('graphql', CONNECT);
    this.#fastify.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(request, socket, head).catch((error: unknown) => {
        this.#logger.error({ err: error }, 'the upgrade failed');
        socket.destroy();
      });
    });
    this.#heartbeat.start();
  }

  /** Closes all connections with a code after which clients connect again. */
  beforeApplicationShutdown(): void {
    this.#heartbeat.stop();
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
    const address = this.#fastify.clientAddress(request);
    const claims = this.#admission.claimsOf(request.headers.authorization);
    const rejection = await this.#admission.rejection(address, claims);
    const freeSlot = rejection ? undefined : this.#admission.takeSlotOf(address);
    if (!freeSlot) {
      this.#reject(socket, rejection);
      return;
    }
    socket.once('close', freeSlot);
    if (socket.destroyed) freeSlot();
    else
      this.#sockets.handleUpgrade(request, socket, head, (client) =>
        this.#opened({ socket: client, request, claims: undefined, freeSlot }, claims),
      );
  }

  #reject(socket: Duplex, rejection: QueueError | undefined): void {
    this.telemetry.recordResponse('graphql', CONNECT, 'TOO_MANY_REQUESTS');
    const rest = `Retry-After: ${Math.ceil(rejection?.retryAfterSeconds ?? 2)}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
    socket.end(`HTTP/1.1 429 Too Many Requests\r\n${rest}`);
  }

  #opened(connection: SocketConnection, claims: EntryClaims | undefined): void {
    const { socket } = connection;
    if (claims && !this.#admission.admit(connection, claims)) return;
    socket.on('error', (error) => this.#logger.debug(`a client's connection failed: ${error.message}`));
    this.#heartbeat.observe(socket);
    this.#protocol.serve(connection);
  }

  get #fastify(): FastifyInstance {
    return this.host.httpAdapter.getInstance<FastifyInstance>();
  }
}
