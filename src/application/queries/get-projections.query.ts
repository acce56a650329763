import { Query } from '@nestjs/cqrs';
import type { PartitionStatus } from './projections-status.ts';

/**
 * The projected offset, owner and progress of each partition. Takes a second; concurrent callers get the same
 * answer. @throws QueueError `LOG_UNAVAILABLE`, `PROJECTION_UNAVAILABLE`
 */
export class GetProjections extends Query<readonly PartitionStatus[]> {}
