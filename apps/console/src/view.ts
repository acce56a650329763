/** A part of the page: built once, brought up to date at every look. */
export interface View {
  readonly nodes: readonly HTMLElement[];
  update(): void;
}
