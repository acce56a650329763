/** What this process tells those who watch it, in the text format that they read. */
export interface MetricsExporter {
  readonly contentType: string;
  /** All of it as it is now. Asks no server but, with the role `relay`, the database; bounded by a second. */
  scrape(): Promise<string>;
}
export const MetricsExporter = Symbol('MetricsPage');
