/** A part of the page: created once, updated after every refresh. */
export interface View {
  readonly nodes: readonly HTMLElement[];
  update(): void;
}
