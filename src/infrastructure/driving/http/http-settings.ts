/** What the HTTP door needs to know of the settings. */
export interface HttpSettings {
  /** Empty: no other origin's pages. `*`: any. */
  readonly corsOrigins: readonly string[];
  readonly logLevel: string;
}
