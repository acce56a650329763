/** `node:http` and nothing more: what Node itself costs. Knows the request for entry alone. */
import { createServer, type ServerResponse } from 'node:http';
import type { Accepted, Door } from './baseline.ts';
import { INVALID, PROBLEM_TYPE, userOf } from './request.ts';

const PATH = /^\/v1\/concerts\/([^/]+)\/queue\/entries$/;

export const bareDoor: Door = async (desk, port) => {
  const server = createServer((request, response) => {
    const [, concertId] = PATH.exec(request.url ?? '') ?? [];
    if (concertId === undefined || request.method !== 'POST') {
      response.writeHead(404).end();
      return;
    }
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const userId = userOf(concertId, parsed(pieces));
      if (userId === undefined) {
        response.writeHead(400, { 'content-type': PROBLEM_TYPE }).end(INVALID);
        return;
      }
      void Promise.resolve(desk.enter(concertId, userId)).then((answer) => grant(response, concertId, answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
};

function grant(response: ServerResponse, concertId: string, answer: Accepted): void {
  const body = JSON.stringify(answer);
  response
    .writeHead(202, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': body.length,
      location: `/v1/concerts/${concertId}/queue/entries/me`,
    })
    .end(body);
}

function parsed(pieces: readonly Buffer[]): unknown {
  try {
    return JSON.parse(Buffer.concat(pieces).toString());
  } catch {
    return undefined; // no user can be found in it, which is what is asked
  }
}
