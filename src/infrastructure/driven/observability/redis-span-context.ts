import { type Context, context } from '@opentelemetry/api';

interface TakesCommands {
  sendCommand(command: object, ...rest: unknown[]): unknown;
}

/**
 * Sends each command of a pipeline in the context in which it was asked for. Commands that are asked for at about the same time
 * share a pipeline, and it is sent in the context of one of them: their spans would hang on that one's trace.
 * @param client prototype of the clients, as instrumented so far
 * @param pipeline prototype of their pipelines
 */
export function keepCommandContexts(client: TakesCommands, pipeline: TakesCommands): void {
  const contexts = new WeakMap<object, Context>();
  const { sendCommand: queue } = pipeline;
  pipeline.sendCommand = function (command, ...rest) {
    // A cluster that redirects a pipeline has its commands queued again, by whoever hears of it.
    if (!contexts.has(command)) contexts.set(command, context.active());
    return queue.call(this, command, ...rest);
  };
  const { sendCommand: send } = client;
  client.sendCommand = function (command, ...rest) {
    return context.with(contexts.get(command) ?? context.active(), () => send.call(this, command, ...rest));
  };
}
