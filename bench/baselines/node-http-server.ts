/** Plain `node:http`, to measure the cost of Node itself. Supports entry requests only. */
import { createServer, type ServerResponse } from 'node:http';
import type { Accepted, ServeHttp } from './baseline.ts';
import { INVALID, PROBLEM_TYPE, userOf } from './request.ts';

const PATH = /^\/v1\/concerts\/([^/]+)\/queue\/entries$/;

export const serveNodeHttp: ServeHttp = async (backend, port) => {
  const server = createServer((request, response) => {
    const [, concertId] = PATH.exec(request.url ?? '') ?? [];
    if (concertId === undefined || request.method !== 'POST') {
      response.writeHead(404).end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const userId = userOf(concertId, parsed(chunks));
      if (userId === undefined) {
        response.writeHead(400, { 'content-type': PROBLEM_TYPE }).end(INVALID);
        return;
      }
      void Promise.resolve(backend.enter(concertId, userId)).then((answer) => accept(response, concertId, answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
};

function accept(response: ServerResponse, concertId: string, answer: Accepted): void {
  const body = JSON.stringify(answer);
  response
    .writeHead(202, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': body.length,
      location: `/v1/concerts/${concertId}/queue/entries/me`,
    })
    .end(body);
}

function parsed(chunks: readonly Buffer[]): unknown {
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined; // not JSON: there is no user
  }
}
