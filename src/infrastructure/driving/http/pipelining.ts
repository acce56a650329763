import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that wait for the response of the one before them. Browsers and proxies send none. */
const MAX_WAITING = 4;
/** What `onIncoming` returns to end the parsing of a packet. */
const STOP_PARSING = 2;

/** Of one connection. */
interface Pipeline {
  isBusy: boolean;
  readonly waiting: (readonly [IncomingMessage, ServerResponse])[];
}

/** Node.js does not document the parser of a connection. It is the only place where a packet can be left half read. */
interface ParsedSocket extends Socket {
  readonly parser?: { onIncoming?: (request: IncomingMessage, keepAlive: boolean) => number };
}

/**
 * Handles the pipelined requests of a connection one after another (RFC 9112, section 9.3.2), and closes a connection with more
 * than `maxWaiting`. Node.js would handle all requests of a packet at once, thousands of them, and keep their responses for a
 * client that does not read.
 */
export function handleInTurn(server: Server, maxWaiting = MAX_WAITING): void {
  const handlers = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  const pipelines = new WeakMap<Socket, Pipeline>();

  const handle = (pipeline: Pipeline, request: IncomingMessage, response: ServerResponse): void => {
    pipeline.isBusy = true;
    response.once('close', () => {
      const next = request.socket.destroyed ? undefined : pipeline.waiting.shift();
      if (next) handle(pipeline, ...next);
      else pipeline.isBusy = false;
    });
    for (const handler of handlers) handler.call(server, request, response);
  };

  server.on('connection', stopParsingWhenDestroyed);
  server.on('request', (request, response) => {
    const { socket } = request;
    let pipeline = pipelines.get(socket);
    if (!pipeline) {
      pipeline = { isBusy: false, waiting: [] };
      pipelines.set(socket, pipeline);
    }
    if (!pipeline.isBusy) handle(pipeline, request, response);
    else if (pipeline.waiting.length < maxWaiting) pipeline.waiting.push([request, response]);
    else socket.destroy();
  });
}

function stopParsingWhenDestroyed(socket: ParsedSocket): void {
  const { parser } = socket;
  const onIncoming = parser?.onIncoming;
  if (!parser || !onIncoming) return;
  parser.onIncoming = (request, keepAlive) => (socket.destroyed ? STOP_PARSING : onIncoming(request, keepAlive));
}
