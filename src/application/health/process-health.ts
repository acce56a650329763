import { withFallback } from '../../lib/timeout.ts';
import { allPartitions } from '../event-log/partitioner.ts';
import type { RelayState } from '../outbox/relay.ts';
import type { EventLog } from '../ports/event-log.port.ts';
import type { LogSubscription } from '../ports/log-subscription.port.ts';
import type { QueueViewReader } from '../ports/queue-view.port.ts';
import type { ProjectionMonitor } from '../projection/projection-monitor.ts';
import type { Health, HealthReport, RoleHealth } from './health-report.ts';
import type { Startup } from './startup.ts';

const BOUND_MS = 1000;
/** A view further behind than this counts as lagging. */
const LAGGING_EVENTS = 1000;

export type ProcessRole = 'api' | 'projector' | 'relay';

/** The startup steps by the work that needs them. */
export interface StepNames {
  /** Needed to append to the log. */
  readonly log: readonly string[];
  /** Needed to project the log. */
  readonly projection: readonly string[];
}

/** The health of the roles of this process and of the view. */
export class ProcessHealth implements Health {
  constructor(
    private readonly roles: ReadonlySet<ProcessRole>,
    private readonly startup: Startup,
    private readonly steps: StepNames,
    private readonly log: EventLog,
    private readonly subscription: LogSubscription,
    private readonly reader: QueueViewReader,
    private readonly monitor: ProjectionMonitor,
    private readonly relay?: { readonly state: RelayState },
  ) {}

  async report(): Promise<HealthReport> {
    const [api, view] = await Promise.all([
      this.roles.has('api')
        ? bounded<RoleHealth>(this.#api(), {
            ready: false,
            cause: 'LOG_UNAVAILABLE',
            detail: 'the log does not answer',
          })
        : undefined,
      bounded<HealthReport['view']>(this.#view(), { state: 'away', detail: 'the view does not answer' }),
    ]);
    const projector = this.roles.has('projector') ? this.#projector() : undefined;
    const relay = this.roles.has('relay') ? this.#relay() : undefined;
    const roles = { ...(api && { api }), ...(projector && { projector }), ...(relay && { relay }) };
    const partitions = projector && { partitions: this.monitor.partitions() };
    return { ready: Object.values(roles).every(({ ready }) => ready), roles, ...partitions, view };
  }

  async #api(): Promise<RoleHealth> {
    const waiting = this.#waiting(this.steps.log);
    if (waiting) return waiting;
    return (await this.log.isWritable())
      ? { ready: true, detail: 'the log can be appended to' }
      : { ready: false, cause: 'LOG_UNAVAILABLE', detail: 'the log cannot be appended to' };
  }

  #projector(): RoleHealth {
    const waiting = this.#waiting(this.steps.projection);
    const { isMember, reason } = this.subscription.membership();
    const detail = `this process is no member of the consumer group: ${reason ?? 'unknown'}`;
    if (waiting) return { ...waiting, ...(reason !== undefined && { detail: `${waiting.detail}; ${detail}` }) };
    if (!isMember) return { ready: false, cause: 'GROUP_UNAVAILABLE', detail };
    const partitions = this.subscription.status();
    const stuck = partitions.filter(({ state }) => state === 'backing-off');
    if (stuck.length > 0) {
      const why = stuck.map(({ partition, reason }) => `partition ${partition}: ${reason ?? 'failing'}`);
      return { ready: false, cause: 'PARTITION_STUCK', detail: why.join('; ') };
    }
    const loading = partitions.filter(({ state }) => state === 'loading').length;
    if (loading > 0)
      return {
        ready: false,
        cause: 'PARTITION_LOADING',
        detail: `loading ${loading} of ${partitions.length} partitions`,
      };
    return { ready: true, detail: `${partitions.length} partitions assigned` };
  }

  #relay(): RoleHealth {
    const waiting = this.#waiting([...this.steps.log, 'PostgreSQL']);
    if (waiting) return waiting;
    const state = this.relay?.state ?? { is: 'failing', reason: 'there is no outbox' };
    if (state.is === 'failing') return { ready: false, cause: 'OUTBOX_UNAVAILABLE', detail: state.reason };
    return { ready: true, detail: state.is === 'leading' ? 'publishes the outbox' : 'stands by: another publishes' };
  }

  #waiting(steps: readonly string[]): RoleHealth | undefined {
    const reason = steps.flatMap((step) => {
      const why = this.startup.waitingFor.get(step);
      return why === undefined ? [] : [`waiting for ${step}: ${why}`];
    });
    return reason.length > 0 ? { ready: false, cause: 'STARTING', detail: reason.join('; ') } : undefined;
  }

  async #view(): Promise<HealthReport['view']> {
    const partitions = allPartitions(this.log.partitions);
    const lags = await Promise.all(
      partitions.map(async (partition) => {
        const end = await this.log.endOffset(partition);
        const progress = await this.reader.progress(partition, '');
        return progress ? Math.max(0, end - 1 - progress.checkpoint) : undefined;
      }),
    );
    const missing = lags.filter((lag) => lag === undefined).length;
    const behind = lags.reduce<number>((sum, lag) => sum + (lag ?? 0), 0);
    if (missing > 0) return { state: 'lagging', detail: `${missing} partitions are being rebuilt` };
    return { state: behind > LAGGING_EVENTS ? 'lagging' : 'current', detail: `${behind} events behind the log` };
  }
}

/** The result, or `otherwise` when it fails or takes longer than the bound. */
function bounded<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  const settled = answer.catch(() => otherwise); // the report states only that there is no answer
  return withFallback(BOUND_MS, otherwise, settled);
}
