/** The bytes of the requests of a plan. */
import { readFileSync } from 'node:fs';
import type { DocumentWorkload, EntryWorkload, LoadPlan, PollWorkload } from './plan.ts';

export interface Requests {
  next(): string;
  /** Expected status of each response. */
  readonly expected: number;
}

const HOST = 'Host: 127.0.0.1\r\n';

export function requestsOf({ workload }: LoadPlan, etag: string): Requests {
  switch (workload.kind) {
    case 'entries':
      return entries(workload);
    case 'polls':
      return polls(workload);
    case 'documents':
      return documents(workload, etag);
  }
}

export function documentPath({ concertId }: DocumentWorkload): string {
  return `/v1/concerts/${concertId}/queue`;
}

export function ownEntryRequest(concertId: string, token: string): string {
  return `GET /v1/concerts/${concertId}/queue/entries/me HTTP/1.1\r\n${HOST}Authorization: Bearer ${token}\r\n\r\n`;
}

function entries({ userPrefix, concertPrefix, concerts, hotShare = 0 }: EntryWorkload): Requests {
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

function polls({ tokensFile }: PollWorkload): Requests {
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

function documents(workload: DocumentWorkload, etag: string): Requests {
  const condition = workload.conditional ? `If-None-Match: ${etag}\r\n` : '';
  const request = `GET ${documentPath(workload)} HTTP/1.1\r\n${HOST}${condition}\r\n`;
  return { next: () => request, expected: workload.conditional ? 304 : 200 };
}
