/** Settings of the page, from `config.json` and the URL. */
export interface Config {
  readonly concertId: string;
  /** Base URL of the waiting room; empty: the origin of the page. */
  readonly api: string;
  /** URL of the protected site without a trailing slash; empty: none. */
  readonly shop: string;
  /** Offset of the server's clock to the local clock. Countdowns use the server's clock. */
  readonly clockOffsetMs: number;
}

export async function readConfig(): Promise<Config> {
  const response = await fetch('config.json', { cache: 'no-store' });
  const { api = '', shop = '' } = (await response.json()) as { readonly api?: string; readonly shop?: string };
  const date = Date.parse(response.headers.get('date') ?? '');
  return {
    concertId: new URLSearchParams(location.search).get('concert') ?? 'demo',
    api,
    shop: shop.replace(/\/+$/, ''),
    // The `Date` header has whole seconds, which is half a second too early on average.
    clockOffsetMs: Number.isNaN(date) ? 0 : date + 500 - Date.now(),
  };
}
