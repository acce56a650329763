import { Query } from '@nestjs/cqrs';
import type { PartitionStatus } from './projections-status.ts';

/**
 * How far each partition is projected, by whom, and whether it moves. Takes a second; whoever asks meanwhile gets the same
 * answer. @throws QueueError `LOG_UNAVAILABLE`, `PROJECTION_UNAVAILABLE`
 */
export class GetProjections extends Query<readonly PartitionStatus[]> {}
