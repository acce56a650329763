import type { Socket } from 'node:net';
import { PROBLEMS, problemDocument, problemHeaders } from './schemas/problem.ts';

const DETAILS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The header fields are too large.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time.',
};

/** Answers what is not HTTP at all, so that there is no request yet to reply to, and ends the connection. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  // The client is gone, or an answer is already under way: nothing can be said any more. And who has connected in advance and not
  // asked (browsers do) is not told off: the answer would meet the request that may be on its way, which is then sent again.
  const asked = socket.bytesRead > 0;
  if (asked && error.code !== 'ECONNRESET' && socket.writable && socket.bytesWritten === 0) {
    const problem = {
      code: 'INVALID_REQUEST',
      detail: DETAILS[error.code ?? ''] ?? 'This is not valid HTTP.',
    } as const;
    const body = JSON.stringify(problemDocument(problem.code, problem.detail));
    const headers = { ...problemHeaders(problem), 'content-length': Buffer.byteLength(body), connection: 'close' };
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${PROBLEMS[problem.code].status} Bad Request\r\n${head.join('')}\r\n${body}`);
  }
  socket.destroySoon();
}
