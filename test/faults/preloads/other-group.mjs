// For `node --import`: this process joins a consumer group of its own, and so owns every partition that others own too.
import kafkajs from 'kafkajs';

const { consumer } = kafkajs.Kafka.prototype;
kafkajs.Kafka.prototype.consumer = function (options) {
  return consumer.call(this, { ...options, groupId: `${options.groupId}-of-${process.pid}` });
};
