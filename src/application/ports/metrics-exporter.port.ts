/** The metrics of this process in the Prometheus text format. */
export interface MetricsExporter {
  readonly contentType: string;
  /** The current values. Only with the role `relay` it makes a network call, to the database, for at most 1 s. */
  scrape(): Promise<string>;
}
export const MetricsExporter = Symbol('MetricsExporter');
