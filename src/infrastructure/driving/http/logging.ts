import type { LoggerService } from '@nestjs/common';
import { Logger, PinoLogger } from 'nestjs-pino';
import { type DestinationStream, type Logger as Pino, pino } from 'pino';

/** What must never be read in a log, should an object that holds it be logged by mistake. */
const SECRET = ['authorization', 'entryToken', 'admissionToken', 'token', 'password', 'secrets', 'phoneNumber'];

/** Contexts in which Nest tells of each module and route at its start. */
const INNER_WORKINGS: readonly unknown[] = ['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'GraphQLModule'];

/** Nest says the same hundred lines at every start: they are there for who looks for them, at debug level. */
class ServerLogger extends Logger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (INNER_WORKINGS.includes(rest.at(-1))) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }
}

/** JSON lines on standard output, for Nest and for whoever asks for the pino logger itself. */
export function createLogger(
  level: string,
  destination?: DestinationStream,
): { readonly pino: Pino; readonly nest: LoggerService } {
  const options = {
    level,
    base: {},
    redact: { paths: SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
  };
  const root = destination ? pino(options, destination) : pino(options);
  const params = { pinoHttp: { logger: root } };
  // The middleware of nestjs-pino is not used: access-log.ts writes the few lines that are worth having. (ADR 26.)
  return { pino: root, nest: new ServerLogger(new PinoLogger(params), params) };
}
