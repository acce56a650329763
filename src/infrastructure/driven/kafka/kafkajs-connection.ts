import Connection from 'kafkajs/src/network/connection.js';

/** Size of the length field at the start of a response. */
const LENGTH_BYTES = 4;

/**
 * Fixes a bug of kafkajs 2.2.4: a new connection keeps the partial response of the broken one. The client then misreads every
 * response, and each request times out. A reset during a fetch stopped a consumer for 30 s or more.
 */
const { rejectRequests } = Connection.prototype;

/** kafkajs calls this when a connection breaks. */
Connection.prototype.rejectRequests = function (this: Connection, error) {
  this.chunks = [];
  this.bytesBuffered = 0;
  this.bytesNeeded = LENGTH_BYTES;
  rejectRequests.call(this, error);
};
