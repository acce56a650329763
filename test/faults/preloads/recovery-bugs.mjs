// For `node --import`: injects the recovery bug that SEEDED_BUG names into the built server before it starts.
import kafkajs from 'kafkajs';
import { PartitionProjection } from '../../../dist/application/projection/partition-projection.js';
import { Projector } from '../../../dist/application/projection/projector.js';

const { KAFKA_BROKERS, NAME_PREFIX, SEEDED_BUG } = process.env;

/** kafkajs rejects an idempotent producer with retries < 1; NaN passes that check and disables the retries. */
const NO_RETRY = { retries: Number.NaN };

/** Connects once and stays connected; kafkajs replaces lost connections. */
function keptOpen(producer) {
  let connected;
  const connect = () => {
    connected ??= producer.connect().catch((error) => {
      connected = undefined;
      throw error;
    });
    return connected;
  };
  return { ...producer, connect, disconnect: async () => undefined };
}

const BUGS = {
  'no sweep': () => {
    PartitionProjection.prototype.repair = async () => true;
  },

  'resume from the committed offset': () => {
    const { assigned } = Projector.prototype;
    Projector.prototype.assigned = async function (partition) {
      const from = await assigned.call(this, partition);
      const admin = new kafkajs.Kafka({ brokers: KAFKA_BROKERS.split(',') }).admin();
      await admin.connect();
      const [topic] = await admin.fetchOffsets({
        groupId: `${NAME_PREFIX}queue-entry-consumer-group`,
        topics: [`${NAME_PREFIX}queue.entry`],
      });
      await admin.disconnect();
      const committed = Number(topic.partitions.find((one) => one.partition === partition).offset);
      return committed < 0 ? from : committed;
    };
  },

  // After a failed send kafkajs reuses the sequence number. The broker may have the batch, and drops the next one as a repeat.
  'send reused after a failure': () => {
    const { producer } = kafkajs.Kafka.prototype;
    const kept = new WeakMap();
    kafkajs.Kafka.prototype.producer = function (options) {
      const own = kept.get(this) ?? keptOpen(producer.call(this, { ...options, idempotent: true, retry: NO_RETRY }));
      kept.set(this, own);
      return own;
    };
  },
};

const seed = BUGS[SEEDED_BUG];
if (!seed) throw new Error(`There is no bug named ${SEEDED_BUG}`);
seed();
