import { FatalError } from '../../../application/errors.ts';

export interface RegistryConnection {
  /** With the path of the Confluent API, e.g. `http://127.0.0.1:8081`. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Most time one request may take; 5,000 by default. */
  readonly timeoutMs?: number;
}

/** An answer that the registry should not have given. */
export class RegistryError extends Error {
  override name = 'RegistryError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Requests to a schema registry's REST API that its client has no call for. */
export class RegistryHttp {
  readonly url: string;
  readonly timeoutMs: number;
  readonly auth: { readonly username: string; readonly password: string } | undefined;

  constructor({ url, username, password, timeoutMs = 5_000 }: RegistryConnection) {
    this.url = url.replace(/\/+$/, '');
    this.timeoutMs = timeoutMs;
    this.auth = username ? { username, password: password ?? '' } : undefined;
    const { username: inUrl } = new URL(url);
    if (inUrl) throw new FatalError('SCHEMA_REGISTRY_URL must hold no user name: use SCHEMA_REGISTRY_USERNAME');
  }

  /**
   * The body of the answer; undefined if the registry says that there is no such thing.
   * @throws RegistryError for any other answer; Error when there is none
   */
  async ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<unknown> {
    const { status, text } = await this.#send(method, path, body);
    const answer = parsed(text);
    if (status >= 200 && status < 300) return answer;
    // A 404 without the registry's own code comes from something else that answers there: it denies nothing.
    const { code, message } = problemIn(answer);
    if (status === 404 && /^404\d\d$/.test(String(code))) return undefined;
    const why = message ?? 'not an answer of a schema registry';
    throw new RegistryError(
      status,
      `The schema registry at ${this.url} answered ${method} ${path} with ${status}: ${why}`,
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
      throw new Error(`The schema registry at ${this.url} cannot be reached: ${rootOf(cause)}`, { cause });
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an error page of something in between
  }
}

function problemIn(answer: unknown): { readonly code?: unknown; readonly message?: string } {
  if (typeof answer !== 'object' || answer === null) return {};
  return {
    ...('error_code' in answer && { code: answer.error_code }),
    ...('message' in answer && typeof answer.message === 'string' && { message: answer.message }),
  };
}

/** What `fetch failed` hides: a certificate that is not trusted and a port where nobody listens are mended differently. */
function rootOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('cause' in error && error.cause) return rootOf(error.cause);
  if ('message' in error && typeof error.message === 'string' && error.message) return error.message;
  return 'code' in error ? String(error.code) : 'no reason given'; // of several addresses that all refuse
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
