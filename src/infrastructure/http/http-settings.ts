/** What the HTTP door needs to know of the settings. */
export interface HttpSettings {
  readonly entryAuth: 'open' | 'service';
  /** Empty: no other origin's pages. `*`: any. */
  readonly corsOrigins: readonly string[];
  readonly logLevel: string;
}
export const HttpSettings = Symbol('HttpSettings');
