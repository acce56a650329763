/** The requests of a plan, as they go over the wire. */
import { readFileSync } from 'node:fs';
import type { Documents, Entries, LoadPlan, Polls } from './plan.ts';

export interface Requests {
  next(): string;
  /** What the answer to each must be. */
  readonly expected: number;
}

const HOST = 'Host: 127.0.0.1\r\n';

export function requestsOf({ ask }: LoadPlan, etag: string): Requests {
  switch (ask.kind) {
    case 'entries':
      return entries(ask);
    case 'polls':
      return polls(ask);
    case 'documents':
      return documents(ask, etag);
  }
}

export function documentPath({ concertId }: Documents): string {
  return `/v1/concerts/${concertId}/queue`;
}

export function ownEntryRequest(concertId: string, token: string): string {
  return `GET /v1/concerts/${concertId}/queue/entries/me HTTP/1.1\r\n${HOST}Authorization: Bearer ${token}\r\n\r\n`;
}

function entries({ userPrefix, concertPrefix, concerts, hotShare = 0 }: Entries): Requests {
  const heads = Array.from(
    { length: concerts },
    (_, index) =>
      `POST /v1/concerts/${concertPrefix}${index}/queue/entries HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: `,
  );
  let count = 0;
  let turn = 0;
  const next = (): string => {
    const body = `{"userId":"${userPrefix}${String(count).padStart(9, '0')}"}`;
    const isHot = Math.floor(++count * hotShare) > Math.floor((count - 1) * hotShare);
    return `${heads[isHot ? 0 : turn++ % concerts] ?? ''}${body.length}\r\n\r\n${body}`;
  };
  return { next, expected: 202 };
}

function polls({ tokensFile }: Polls): Requests {
  const all = readFileSync(tokensFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [concertId = '', token = ''] = line.split(' ');
      return ownEntryRequest(concertId, token);
    });
  let count = 0;
  return { next: () => all[count++ % all.length] ?? '', expected: 200 };
}

function documents(ask: Documents, etag: string): Requests {
  const condition = ask.conditional ? `If-None-Match: ${etag}\r\n` : '';
  const request = `GET ${documentPath(ask)} HTTP/1.1\r\n${HOST}${condition}\r\n`;
  return { next: () => request, expected: ask.conditional ? 304 : 200 };
}
