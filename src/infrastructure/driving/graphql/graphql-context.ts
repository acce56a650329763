/** What a resolver may know of whoever asks. */
export interface GraphqlContext {
  /** As the header has it, or the connection's parameters in its place. */
  readonly authorization: string | undefined;
}
