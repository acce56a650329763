import type { LoggerService } from '@nestjs/common';
import { Logger, PinoLogger } from 'nestjs-pino';
import { type DestinationStream, type Logger as Pino, pino } from 'pino';

/** Fields that are redacted when an object that contains them is logged. */
const REDACTED_FIELDS = [
  'authorization',
  'entryToken',
  'admissionToken',
  'token',
  'password',
  'secrets',
  'phoneNumber',
];

/** Contexts in which Nest logs each module and route at startup. */
const NEST_STARTUP_CONTEXTS: readonly unknown[] = [
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'GraphQLModule',
];

/** Logs Nest's startup messages, about a hundred lines, at debug level. */
class ServerLogger extends Logger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (NEST_STARTUP_CONTEXTS.includes(rest.at(-1))) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }
}

/** Logs JSON lines to standard output; returns the pino logger and the Nest logger that writes to it. */
export function createLogger(
  level: string,
  destination?: DestinationStream,
): { readonly pino: Pino; readonly nest: LoggerService } {
  const options = {
    level,
    base: {},
    redact: { paths: REDACTED_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
  };
  const root = destination ? pino(options, destination) : pino(options);
  const params = { pinoHttp: { logger: root } };
  // Without the middleware of nestjs-pino: access-log.ts writes the access log.
  return { pino: root, nest: new ServerLogger(new PinoLogger(params), params) };
}
