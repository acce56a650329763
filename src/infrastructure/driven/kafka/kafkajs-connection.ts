import Connection from 'kafkajs/src/network/connection.js';

/** A response begins with its length. */
const LENGTH_BYTES = 4;

/**
 * Mends a fault of kafkajs 2.2.4: a connection that is made anew goes on with what the broken one had received of a response. All
 * that is read then stands in the wrong place, no answer is recognised, and each request waits until it is timed out: a consumer
 * whose connection was reset in the middle of a fetch stood still for half a minute and more, until it was given up.
 */
const { rejectRequests } = Connection.prototype;

/** Called whenever a connection breaks. */
Connection.prototype.rejectRequests = function (this: Connection, error) {
  this.chunks = [];
  this.bytesBuffered = 0;
  this.bytesNeeded = LENGTH_BYTES;
  rejectRequests.call(this, error);
};
