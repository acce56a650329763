import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/**
 * Mends a timer loop of kafkajs 2.2.4.
 *
 * After each response, `checkPendingRequests` arms a timer "until the throttling ends", also when nothing is pending and nothing
 * is throttled; the timer's time then lies in 1970, fires at once (Node warns: TimeoutNegativeWarning), calls
 * `checkPendingRequests`, and so on for ever: an idle connection costs about 5% of a core. Only a pending request needs the
 * timer, and every way by which a request becomes pending passes here.
 */
const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;

RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
  if (this.pending.length > 0) schedule.call(this);
};
