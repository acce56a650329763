import type { Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';

/**
 * Sockets that send everything written in one turn of the event loop with one system call. Each partition has its own batch, so
 * that with many concerts many small batches are sent together; one call for each would dominate the cost of sending.
 */
export function corkedSockets(): ISocketFactory {
  const create = createSocketFactory();
  return (options) => corkPerTurn(create(options));
}

function corkPerTurn(socket: Socket): Socket {
  const write = socket.write;
  let isCorked = false;
  return Object.assign(socket, {
    write: (...args: Parameters<Socket['write']>): boolean => {
      if (!isCorked) {
        isCorked = true;
        socket.cork();
        // Runs after all writes of this turn, including those of promise callbacks.
        process.nextTick(() => {
          isCorked = false;
          socket.uncork();
        });
      }
      return write.apply(socket, args);
    },
  });
}
