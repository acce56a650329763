import { granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import type { FaultEnvironment } from './fault-environment.ts';

const CONCERT = 'encore';
const KEPT_WITHIN_MS = 10_000;

/** An entry of a paused concert: no event makes the system notice that its view was lost. */
export class IdleConcertProbe {
  private constructor(
    private readonly driver: FaultEnvironment['driver'],
    private readonly token: string,
  ) {}

  static async start({ driver }: FaultEnvironment): Promise<IdleConcertProbe> {
    granted(await driver.api.configure(CONCERT));
    granted(await driver.api.changeState(CONCERT, 'pause'));
    const { entryToken } = granted(await driver.api.requestEntry(CONCERT, 'ann'));
    return new IdleConcertProbe(driver, entryToken);
  }

  /** Empty when the entry keeps its position. */
  async violations(): Promise<readonly string[]> {
    try {
      await eventually(
        async () => {
          const { response } = await this.driver.getEntry(CONCERT, this.token);
          const isThere =
            response.is === 'entry' && response.entry.state === 'WAITING' && response.entry.position === 1;
          if (!isThere) throw new Error(JSON.stringify(response));
        },
        { within: KEPT_WITHIN_MS, every: 100 },
      );
      return [];
    } catch (error) {
      return [`the entry of the idle concert lost its place: ${String(error)}`];
    }
  }
}
