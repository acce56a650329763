/** What the Kafka adapters need of the settings. */
export interface KafkaOptions extends KafkaSecurity {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** The event log. */
  readonly topic: string;
  readonly deadLetterTopic: string;
  /** The schema ids: compacted, one partition. */
  readonly schemaTopic: string;
  readonly groupId: string;
  /** Of the log and the dead letters: at least 1, fixed after their creation. */
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Refuse topics that can lose acknowledged records, instead of reporting them. */
  readonly requireDurableTopics?: boolean;
}

/** undefined: no encryption, no authentication. */
export interface KafkaSecurity {
  /** PEM texts, the certificate with its key. `{}` trusts the authorities of the system. */
  readonly ssl?: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
  readonly sasl?:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        readonly username: string;
        readonly password: string;
      }
    | undefined;
}
