import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/**
 * Fixes a timer loop of kafkajs 2.2.4. After each response it starts a timer until the end of throttling, even if nothing is
 * pending. That time is in the past, so the timer fires at once and starts the next one: an idle connection uses 5% of a core.
 * Only pending requests need the timer.
 */
const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;

RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
  if (this.pending.length > 0) schedule.call(this);
};
