import { FatalError } from '../../../application/errors.ts';

export interface RegistryConnection {
  /** Base URL of the Confluent API, e.g. `http://127.0.0.1:8081`. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Timeout of one request; default 5,000. */
  readonly timeoutMs?: number;
}

/** An unexpected response of the registry. */
export class RegistryError extends Error {
  override name = 'RegistryError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Requests to the REST API of a schema registry that the client package does not support. */
export class RegistryHttp {
  readonly url: string;
  readonly timeoutMs: number;
  readonly auth: { readonly username: string; readonly password: string } | undefined;

  constructor({ url, username, password, timeoutMs = 5_000 }: RegistryConnection) {
    this.url = url.replace(/\/+$/, '');
    this.timeoutMs = timeoutMs;
    this.auth = username ? { username, password: password ?? '' } : undefined;
    const { username: userInUrl } = new URL(url);
    if (userInUrl)
      throw new FatalError('SCHEMA_REGISTRY_URL must not contain a user name: use SCHEMA_REGISTRY_USERNAME');
  }

  /**
   * The body of the response; undefined if the registry reports that the resource does not exist.
   * @throws RegistryError for any other error response; Error without a response
   */
  async request(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<unknown> {
    const { status, text } = await this.#send(method, path, body);
    const response = parseJson(text);
    if (status >= 200 && status < 300) return response;
    // A 404 without the registry's error code comes from another server at this address.
    const { code, message } = registryProblem(response);
    if (status === 404 && /^404\d\d$/.test(String(code))) return undefined;
    const reason = message ?? 'not a response of a schema registry';
    throw new RegistryError(
      status,
      `The schema registry at ${this.url} answered ${method} ${path} with ${status}: ${reason}`,
    );
  }

  async #send(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
    const headers: Record<string, string> = { accept: 'application/vnd.schemaregistry.v1+json' };
    if (body) headers['content-type'] = 'application/vnd.schemaregistry.v1+json';
    if (this.auth) headers['authorization'] = `Basic ${base64(`${this.auth.username}:${this.auth.password}`)}`;
    try {
      const signal = AbortSignal.timeout(this.timeoutMs);
      const response = await fetch(`${this.url}${path}`, {
        method,
        headers,
        signal,
        body: body ? JSON.stringify(body) : null,
      });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      throw new Error(`The schema registry at ${this.url} cannot be reached: ${rootCause(cause)}`, { cause });
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an error page of a proxy
  }
}

function registryProblem(response: unknown): { readonly code?: unknown; readonly message?: string } {
  if (typeof response !== 'object' || response === null) return {};
  return {
    ...('error_code' in response && { code: response.error_code }),
    ...('message' in response && typeof response.message === 'string' && { message: response.message }),
  };
}

/** The root cause behind `fetch failed`: an untrusted certificate or a closed port, for example. */
function rootCause(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('cause' in error && error.cause) return rootCause(error.cause);
  if ('message' in error && typeof error.message === 'string' && error.message) return error.message;
  return 'code' in error ? String(error.code) : 'no reason given'; // an AggregateError of several addresses has no message
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
