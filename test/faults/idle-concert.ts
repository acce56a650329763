import { granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import type { Scene } from './fault-environment.ts';

const CONCERT = 'encore';
const KEPT_WITHIN_MS = 10_000;

/** A place in a concert in which nothing happens: no event will tell the system that its view was lost. */
export class QuietPlace {
  private constructor(
    private readonly door: Scene['door'],
    private readonly token: string,
  ) {}

  static async take({ door }: Scene): Promise<QuietPlace> {
    granted(await door.api.configure(CONCERT));
    granted(await door.api.steer(CONCERT, 'pause'));
    const { entryToken } = granted(await door.api.requestEntry(CONCERT, 'patience'));
    return new QuietPlace(door, entryToken);
  }

  /** What speaks against its being kept. */
  async losses(): Promise<readonly string[]> {
    try {
      await eventually(
        async () => {
          const { told } = await this.door.look(CONCERT, this.token);
          const isThere = told.is === 'entry' && told.entry.state === 'WAITING' && told.entry.position === 1;
          if (!isThere) throw new Error(JSON.stringify(told));
        },
        { within: KEPT_WITHIN_MS, every: 100 },
      );
      return [];
    } catch (error) {
      return [`who waits where nothing happens has lost their place: ${String(error)}`];
    }
  }
}
