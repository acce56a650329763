import { afterAll, beforeAll } from '@jest/globals';
import { partitionRecordSuite } from './partition-checkpoint.contract.ts';
import { type QueueViewUnderTest, ViewBed } from './queue-view.fixtures.ts';
import { viewGenerationsSuite } from './queue-view-generations.contract.ts';
import { viewStepsSuite } from './queue-view-steps.contract.ts';

/** What every QueueViewWriter and QueueViewReader must do; each adapter's test calls it with its own. */
export function queueViewSuite(makeAdapters: () => Promise<QueueViewUnderTest>): void {
  const bed = new ViewBed();
  beforeAll(() => bed.open(makeAdapters));
  afterAll(() => bed.view.close());
  viewStepsSuite(bed);
  viewGenerationsSuite(bed);
  partitionRecordSuite(bed);
}
