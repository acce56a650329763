import { afterAll, afterEach, beforeEach } from '@jest/globals';

/**
 * What the tests of a file or block opened, closed after the last of them: the newest first, also when the set-up failed half way.
 *
 * @param timeoutMs of closing everything
 */
export function testResources(timeoutMs = 60_000): AsyncDisposableStack {
  const resources = new AsyncDisposableStack();
  afterAll(() => resources.disposeAsync(), timeoutMs);
  return resources;
}

/** Like `testResources`, with a new stack for each test. */
export function resourcesOfEachTest(timeoutMs = 60_000): () => AsyncDisposableStack {
  let resources = new AsyncDisposableStack();
  beforeEach(() => {
    resources = new AsyncDisposableStack();
  });
  afterEach(() => resources.disposeAsync(), timeoutMs);
  return () => resources;
}
