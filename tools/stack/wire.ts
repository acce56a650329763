import { createConnection } from 'node:net';

/** Sends `request` to a port of 127.0.0.1 and resolves with what came back when `isWhole` says so. Rejects after 2 s. */
export function ask(port: number, request: Buffer, isWhole: (answer: Buffer) => boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const socket = createConnection({ port, host: '127.0.0.1', timeout: 2_000 }, () => socket.write(request));
    const fail = (reason: string) => (): void => {
      socket.destroy();
      reject(new Error(reason));
    };
    socket.on('error', reject);
    socket.on('timeout', fail('no answer'));
    socket.on('close', fail('closed before the answer'));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (!isWhole(answer)) return;
      resolve(answer);
      socket.destroy();
    });
  });
}
