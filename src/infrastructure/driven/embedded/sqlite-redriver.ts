import { QueueError } from '../../../application/errors.ts';
import { redriveHeaders } from '../../../application/event-log/redrive-headers.ts';
import type { Receipt } from '../../../application/ports/event-log.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Redriver } from '../../../application/ports/redriver.port.ts';
import type { LocalLog } from './local-log.ts';

/** Redrives records of the local log. */
export class SqliteRedriver implements Redriver {
  constructor(private readonly log: LocalLog) {}

  async append(record: LogRecord): Promise<Receipt> {
    const { partition, key, value } = record;
    const headers = redriveHeaders(record);
    try {
      const { baseOffset } = await this.log.writer.write('record', partition, [{ key, value, headers }]);
      return { topic: this.log.topic, partition, offset: baseOffset };
    } catch (cause) {
      throw new QueueError('LOG_UNAVAILABLE', 'The log did not confirm the redrive. Redriving again is safe.', {
        cause,
      });
    }
  }
}
