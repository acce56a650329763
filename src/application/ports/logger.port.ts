/** Messages for operators. They never name a user. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
export const Logger = Symbol('Logger');
