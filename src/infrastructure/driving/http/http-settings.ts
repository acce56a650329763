/** The settings of the HTTP API. */
export interface HttpSettings {
  /** Origins whose pages may call the API. Empty: none. `*`: any. */
  readonly corsOrigins: readonly string[];
  readonly logLevel: string;
}
