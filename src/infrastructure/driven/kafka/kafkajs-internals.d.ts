/**
 * Internal modules of kafkajs 2.2.4 that this project uses: the request queue, the connection and the response to a fetch, to fix a
 * bug of each, and the cluster, to read partitions and offsets without a consumer group. The version is pinned; compare these types before an update.
 */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    constructor(options: {
      readonly maxInFlightRequests: number | null;
      readonly requestTimeout: number;
      readonly enforceRequestTimeout: boolean;
      readonly clientId: string;
      readonly broker: string;
      readonly logger: unknown;
    });
    readonly pending: unknown[];
    readonly throttleCheckTimeoutId: NodeJS.Timeout | null;
    push(request: {
      readonly entry: {
        readonly correlationId: number;
        readonly resolve: () => void;
        readonly reject: (error: Error) => void;
      };
      readonly expectResponse: boolean;
      readonly sendRequest: () => void;
    }): void;
    fulfillRequest(response: { readonly correlationId: number; readonly payload: Buffer; readonly size: number }): void;
    maybeThrottle(milliseconds: number | null): void;
    scheduleCheckPendingRequests(): void;
    destroy(): void;
  }
}

declare module 'kafkajs/src/network/connection.js' {
  import type { ISocketFactory } from 'kafkajs';
  import type RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

  export default class Connection {
    constructor(options: {
      readonly host: string;
      readonly port: number;
      readonly logger: unknown;
      readonly socketFactory: ISocketFactory;
    });
    readonly requestQueue: RequestQueue;
    chunks: readonly Buffer[];
    bytesBuffered: number;
    bytesNeeded: number;
    processData(received: Buffer): void;
    rejectRequests(error: Error): void;
  }
}

declare module 'kafkajs/src/network/socketFactory.js' {
  import type { ISocketFactory } from 'kafkajs';
  export default function createSocketFactory(): ISocketFactory;
}

declare module 'kafkajs/src/cluster/index.js' {
  import type { ISocketFactory, KafkaConfig, Logger } from 'kafkajs';
  import type { PartitionData } from 'kafkajs/src/consumer/batch.js';

  export interface Broker {
    listOffsets(request: {
      readonly isolationLevel: 0 | 1;
      readonly topics: readonly {
        readonly topic: string;
        /** -1: the end. */
        readonly partitions: readonly { readonly partition: number; readonly timestamp: -1 }[];
      }[];
    }): Promise<{
      readonly responses: readonly { readonly partitions: readonly { readonly offset: string }[] }[];
    }>;
    fetch(request: {
      readonly isolationLevel: 0 | 1;
      readonly maxWaitTime: number;
      readonly minBytes: number;
      readonly maxBytes: number;
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly {
          readonly partition: number;
          readonly fetchOffset: string;
          readonly maxBytes: number;
        }[];
      }[];
    }): Promise<{
      readonly responses: readonly { readonly topicName: string; readonly partitions: readonly PartitionData[] }[];
    }>;
  }

  export default class Cluster {
    constructor(
      options: Omit<KafkaConfig, 'logLevel' | 'logCreator'> & {
        readonly logger: Logger;
        readonly socketFactory: ISocketFactory;
        readonly metadataMaxAge: number;
        readonly allowAutoTopicCreation: boolean;
        readonly isolationLevel: 0 | 1;
        readonly maxInFlightRequests: number | null;
      },
    );
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    addTargetTopic(topic: string): Promise<void>;
    refreshMetadata(): Promise<void>;
    refreshMetadataIfNecessary(): Promise<void>;
    findTopicPartitionMetadata(topic: string): { readonly partitionId: number; readonly leader: number }[];
    findBroker(node: { readonly nodeId: number }): Promise<Broker>;
    fetchTopicsOffset(
      topics: readonly {
        readonly topic: string;
        readonly partitions: readonly { readonly partition: number }[];
        readonly fromBeginning: boolean;
      }[],
    ): Promise<
      {
        readonly topic: string;
        readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
      }[]
    >;
  }
}

declare module 'kafkajs/src/consumer/batch.js' {
  import type { KafkaMessage } from 'kafkajs';

  export interface PartitionData {
    readonly partition: number;
    readonly errorCode: number;
    readonly highWatermark: string;
  }
  /** A message with what its batch says. */
  export type FetchedMessage = KafkaMessage & {
    readonly batchContext: {
      readonly producerId: string;
      readonly producerEpoch: number;
      /** 0: CreateTime, 1: LogAppendTime. */
      readonly timestampType: number;
    };
    /** The message stands for a whole batch (`kafkajs-fetch-response.ts`). */
    readonly undecodable?: { readonly firstOffset: number; readonly reason: string };
  };
  /** Without transaction markers and aborted records. */
  export default class Batch {
    constructor(topic: string, fetchedOffset: string, data: PartitionData);
    readonly fetchedOffset: string;
    readonly messages: readonly FetchedMessage[];
    readonly rawMessages: readonly FetchedMessage[];
    lastOffset(): string;
  }
}

declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    constructor(bytes: Buffer);
    readInt16(): number;
    readInt32(): number;
    readInt64(): { toString(): string };
    readString(): string;
    readArray<T>(read: () => T): T[];
    readArrayAsync<T>(read: () => Promise<T>): Promise<T[]>;
    canReadBytes(length: number): boolean;
    readBytes(length: number): Buffer;
  }
}

declare module 'kafkajs/src/protocol/recordBatch/crc32C/index.js' {
  export default function crc32C(bytes: Buffer): number;
}

declare module 'kafkajs/src/protocol/recordBatch/v0/decoder.js' {
  import type { FetchedMessage } from 'kafkajs/src/consumer/batch.js';
  import type Decoder from 'kafkajs/src/protocol/decoder.js';
  export default function decodeRecordBatch(decoder: Decoder): Promise<{ readonly records: readonly FetchedMessage[] }>;
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/response.js' {
  const response: { decode: (response: Buffer) => Promise<object> };
  export default response;
}

/** Used by tests. */
declare module 'kafkajs/src/protocol/recordBatch/v0/index.js' {
  const recordBatch: {
    RecordBatch(batch: {
      readonly firstOffset: number;
      readonly records: readonly never[];
    }): Promise<{ readonly buffer: Buffer }>;
  };
  export default recordBatch;
}

/** Used by tests. */
declare module 'kafkajs/src/protocol/recordBatch/record/v0/index.js' {
  export default function encodeRecord(record: {
    readonly offsetDelta: number;
    readonly key: string;
    readonly value: Buffer | string;
  }): { readonly buffer: Buffer };
}
