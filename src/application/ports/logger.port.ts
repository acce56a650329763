/** Where a use case says what an operator should know. Never names a user. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
export const Logger = Symbol('Diagnostics');
