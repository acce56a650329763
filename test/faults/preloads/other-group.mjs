// For `node --import`: this process joins a separate consumer group, so it owns every partition too.
import kafkajs from 'kafkajs';

const { consumer } = kafkajs.Kafka.prototype;
kafkajs.Kafka.prototype.consumer = function (options) {
  return consumer.call(this, { ...options, groupId: `${options.groupId}-of-${process.pid}` });
};
