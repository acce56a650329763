import { type Context, context } from '@opentelemetry/api';

interface CommandSender {
  sendCommand(command: object, ...rest: unknown[]): unknown;
}

/**
 * Sends each command of an ioredis pipeline in the context of its caller. Concurrent callers share a pipeline, which is sent in
 * the context of one of them; without this, all spans would belong to that trace.
 * @param client prototype of the clients, already instrumented
 * @param pipeline prototype of the pipelines
 */
export function keepCommandContexts(client: CommandSender, pipeline: CommandSender): void {
  const contexts = new WeakMap<object, Context>();
  const { sendCommand: queue } = pipeline;
  pipeline.sendCommand = function (command, ...rest) {
    // After a redirection by a cluster, ioredis queues the commands again in another context.
    if (!contexts.has(command)) contexts.set(command, context.active());
    return queue.call(this, command, ...rest);
  };
  const { sendCommand: send } = client;
  client.sendCommand = function (command, ...rest) {
    return context.with(contexts.get(command) ?? context.active(), () => send.call(this, command, ...rest));
  };
}
