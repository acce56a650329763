// For `node --import`: the partition consumer gets each batch twice and the one before it again; the projector consumes each twice.
import { Projector } from '../../../dist/application/projection/projector.js';
import { PartitionConsumer } from '../../../dist/infrastructure/driven/kafka/partition-consumer.js';

const { accept } = PartitionConsumer.prototype;
const previous = new WeakMap();
PartitionConsumer.prototype.accept = function (batch) {
  const isAccepted = accept.call(this, batch);
  for (const repeated of [batch, previous.get(this)]) {
    if (isAccepted && repeated && accept.call(this, repeated)) throw new Error('a batch was accepted twice');
  }
  if (isAccepted) previous.set(this, batch);
  return isAccepted;
};

const { consume } = Projector.prototype;
Projector.prototype.consume = async function (partition, records) {
  await consume.call(this, partition, records);
  await consume.call(this, partition, records);
};
