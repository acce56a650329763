/** What this installation of the page is told by `config.json` beside it, and by its address. */
export interface Config {
  readonly concertId: string;
  /** Where the waiting room answers; empty: where the page comes from. */
  readonly api: string;
  /** The protected site, without a closing slash; empty: there is none. */
  readonly shop: string;
  /** How far the server's clock is ahead of this one: countdowns run by the server's. */
  readonly clockAheadMs: number;
}

export async function readConfig(): Promise<Config> {
  const answer = await fetch('config.json', { cache: 'no-store' });
  const { api = '', shop = '' } = (await answer.json()) as { readonly api?: string; readonly shop?: string };
  const date = Date.parse(answer.headers.get('date') ?? '');
  return {
    concertId: new URLSearchParams(location.search).get('concert') ?? 'demo',
    api,
    shop: shop.replace(/\/+$/, ''),
    // The header tells whole seconds, on the average half of one too early.
    clockAheadMs: Number.isNaN(date) ? 0 : date + 500 - Date.now(),
  };
}
