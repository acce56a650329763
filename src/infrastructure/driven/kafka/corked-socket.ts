import type { Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';

/**
 * Sockets that hand what is written within one turn of the event loop to the system in one call. A batch goes to one partition,
 * so that with many concerts many small ones leave together; the call for each would cost more than all the rest of sending it.
 */
export function corkedSockets(): ISocketFactory {
  const create = createSocketFactory();
  return (options) => gathering(create(options));
}

function gathering(socket: Socket): Socket {
  const write = socket.write;
  let gathers = false;
  return Object.assign(socket, {
    write: (...given: Parameters<Socket['write']>): boolean => {
      if (!gathers) {
        gathers = true;
        socket.cork();
        // Runs when all that is to be written now, promises included, is written.
        process.nextTick(() => {
          gathers = false;
          socket.uncork();
        });
      }
      return write.apply(socket, given);
    },
  });
}
