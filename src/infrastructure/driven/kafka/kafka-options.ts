/** What the Kafka adapters need to know. Given to each of them by the composition root. */
export interface KafkaOptions extends KafkaSecurity {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** The event stream. */
  readonly topic: string;
  readonly deadLetterTopic: string;
  readonly groupId: string;
  /** >= 1; the same for both topics, and never changed while they live. */
  readonly partitions: number;
  readonly replicationFactor: number;
}

/** How to get in; undefined: without encryption, without a login. */
export interface KafkaSecurity {
  /** PEM texts, the certificate with its key; `{}` trusts the system's authorities. */
  readonly ssl?: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
  readonly sasl?:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        readonly username: string;
        readonly password: string;
      }
    | undefined;
}
