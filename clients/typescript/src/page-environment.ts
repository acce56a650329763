/** The parts of a browser's page that the client uses. Declared here, because the client also runs in Node. */
export interface PageEnvironment extends EventTarget {
  readonly document: EventTarget & { readonly visibilityState: string };
  readonly navigator: { readonly onLine: boolean; readonly locks?: Locks };
}

/** The part of the Web Locks API that the client uses. */
export interface Locks {
  request<T>(name: string, options: LockOptions, work: (lock: object | null) => Promise<T>): Promise<T>;
}

interface LockOptions {
  readonly ifAvailable?: boolean;
  readonly signal?: AbortSignal;
}

/** The page; undefined in Node. */
export const page = pageOf(globalThis);

function pageOf(scope: unknown): PageEnvironment | undefined {
  return 'document' in globalThis ? (scope as PageEnvironment) : undefined;
}

/** Calls back when a request may succeed again: the device is online, or the user looks at the page. @returns stops it */
export function onWake(callback: () => void): () => void {
  if (!page) return () => undefined;
  const { document } = page;
  const onVisible = (): void => {
    if (document.visibilityState === 'visible') callback();
  };
  page.addEventListener('online', callback);
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    page.removeEventListener('online', callback);
    document.removeEventListener('visibilitychange', onVisible);
  };
}

/** Calls back when the device loses its network. @returns stops it */
export function onOffline(callback: () => void): () => void {
  page?.addEventListener('offline', callback);
  return () => page?.removeEventListener('offline', callback);
}
