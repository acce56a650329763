/** A proxy in front of a plain HTTP server that terminates TLS and requires a password. */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import { freePorts } from '../../tools/stack/ports.ts';
import type { Certificate } from './certificate.ts';

export class TlsProxy {
  /** Has the same path as the target. */
  readonly url: string;
  /** Forwarded requests, as `METHOD /path`. */
  readonly passed: string[] = [];
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /** @param login `user:password`; a request without it gets 401 */
  static async start(target: string, certificate: Certificate, login: string): Promise<TlsProxy> {
    const { hostname, port, pathname } = new URL(target);
    const [ownPort = 0] = await freePorts(1);
    const expected = `Basic ${Buffer.from(login).toString('base64')}`;
    const server = createServer({ cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) });
    const proxy = new TlsProxy(server, `https://127.0.0.1:${ownPort}${pathname}`);
    server.on('request', (incoming, answer) => {
      if (incoming.headers.authorization !== expected) {
        answer.writeHead(401, { 'content-type': 'application/json' });
        answer.end('{"error_code":401,"message":"Unauthorized"}');
        return;
      }
      const { method = '', url: path = '', headers } = incoming;
      proxy.passed.push(`${method} ${path}`);
      const onward = request({ hostname, port, method, path, headers }, (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      incoming.pipe(onward);
    });
    await new Promise<void>((listening) => server.listen({ port: ownPort, host: '127.0.0.1' }, listening));
    return proxy;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
