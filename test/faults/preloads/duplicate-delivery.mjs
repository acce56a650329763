// For `node --import`: the partition consumer takes each batch twice and the one before it again; the projector consumes each twice.
import { Projector } from '../../../dist/application/projection/projector.js';
import { FeedLane } from '../../../dist/infrastructure/driven/kafka/partition-consumer.js';

const { take } = FeedLane.prototype;
const before = new WeakMap();
FeedLane.prototype.take = function (piece) {
  const taken = take.call(this, piece);
  for (const again of [piece, before.get(this)]) {
    if (taken && again && take.call(this, again)) throw new Error('a piece was taken twice');
  }
  if (taken) before.set(this, piece);
  return taken;
};

const { consume } = Projector.prototype;
Projector.prototype.consume = async function (partition, records) {
  await consume.call(this, partition, records);
  await consume.call(this, partition, records);
};
