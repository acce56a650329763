import type { Socket } from 'node:net';
import { PROBLEMS, problemDocument, problemHeaders } from './schemas/problem.ts';

const DETAILS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The header fields are too large.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time.',
};

/** Answers input that Node.js could not parse as an HTTP request, and closes the connection. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  // Close without an answer if the client is gone or a response has begun. The same on a connection without any input:
  // browsers connect in advance, and an error response could arrive just as they send the first request.
  const hasInput = socket.bytesRead > 0;
  if (hasInput && error.code !== 'ECONNRESET' && socket.writable && socket.bytesWritten === 0) {
    const problem = {
      code: 'INVALID_REQUEST',
      detail: DETAILS[error.code ?? ''] ?? 'The request is not valid HTTP.',
    } as const;
    const body = JSON.stringify(problemDocument(problem.code, problem.detail));
    const headers = { ...problemHeaders(problem), 'content-length': Buffer.byteLength(body), connection: 'close' };
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${PROBLEMS[problem.code].status} Bad Request\r\n${head.join('')}\r\n${body}`);
  }
  socket.destroySoon();
}
