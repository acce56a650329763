import { expect } from '@jest/globals';
import type { Response } from 'light-my-request';
import type { ErrorCode } from '../../../application/errors.ts';
import { PROBLEMS } from './schemas/problem.ts';

/** Asserts a complete problem document. @returns its detail */
export function expectProblem(response: Response, code: ErrorCode): string {
  const body: unknown = response.json();
  const { status, title } = PROBLEMS[code];
  expect(body).toEqual({
    type: `urn:concert-queue:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    detail: expect.any(String),
    code,
  });
  expect(response.statusCode).toBe(status);
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(response.headers['cache-control']).toBe('no-store');
  expect(response.headers['x-request-id']).toEqual(expect.any(String));
  expect(response.body).not.toMatch(/\bat .*(\.ts|\.js|node:)|Error:/);
  return response.json().detail;
}
