import { afterAll, beforeAll } from '@jest/globals';
import { partitionRecordSuite } from './partition-record.suite.ts';
import { type QueueViewUnderTest, ViewBed } from './queue-view-bed.suite.ts';
import { viewGenerationsSuite } from './queue-view-generations.suite.ts';
import { viewStepsSuite } from './queue-view-steps.suite.ts';

/** What every QueueViewWriter and QueueViewReader must do; each adapter's test calls it with its own. */
export function queueViewSuite(makeAdapters: () => Promise<QueueViewUnderTest>): void {
  const bed = new ViewBed();
  beforeAll(() => bed.open(makeAdapters));
  afterAll(() => bed.view.close());
  viewStepsSuite(bed);
  viewGenerationsSuite(bed);
  partitionRecordSuite(bed);
}
