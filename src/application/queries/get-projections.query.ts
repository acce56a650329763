import { Query } from '@nestjs/cqrs';
import type { PartitionStatus } from './projections-status.ts';

/**
 * How far each partition is projected, by which process, and whether it progresses. Takes a second; concurrent callers get the same
 * answer. @throws QueueError `LOG_UNAVAILABLE`, `PROJECTION_UNAVAILABLE`
 */
export class GetProjections extends Query<readonly PartitionStatus[]> {}
