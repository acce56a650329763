import { describe, expect, test } from '@jest/globals';
import type { GraphQLSchemaHost } from '@nestjs/graphql';
import { buildSchema, GraphQLError } from 'graphql';
import type { Caller } from '../../../application/ports/authentication.port.ts';
import { GraphqlExecutor } from './graphql-executor.ts';
import type { GraphqlLimits } from './graphql-limits.ts';

const schema = buildSchema('type Query { a: Int, inner: Inner } type Inner { a: Int, inner: Inner }');
const hosts = { schema } as GraphQLSchemaHost;
const limits = { countRequest: async () => undefined } as unknown as GraphqlLimits;
const executor = () => new GraphqlExecutor(hosts, limits, { production: true, liveStreamLimit: 1 });
const ann: Caller = { kind: 'user', userId: 'ann' };

/** Whether a second `prepare` returns the same syntax tree. */
const keeps = async (one: GraphqlExecutor, query: string) => (await one.prepare(query)) === (await one.prepare(query));
const run = (one: GraphqlExecutor, query: string, caller: Caller) =>
  one.execute({ query }, { authorization: undefined, caller });

describe('the executor', () => {
  test('keeps no document of a caller without a valid token', async () => {
    const one = executor();
    await run(one, '{ a }', { kind: 'anonymous' });
    expect(await keeps(one, '{ a }')).toBe(false);
  });

  test('keeps documents of callers with a valid token, at most 64 of at most 2,000 characters', async () => {
    const one = executor();
    for (let n = 0; n < 100; n++) await run(one, `{ a a${n}: a }`, ann);
    const kept = await Promise.all(Array.from({ length: 100 }, (_, n) => keeps(one, `{ a a${n}: a }`)));
    expect(kept.filter(Boolean)).toHaveLength(64);
    const long = `{ a ${' '.repeat(2_000)} }`;
    await run(one, long, ann);
    expect(await keeps(one, long)).toBe(false);
  });

  test('keeps no invalid document of any caller', async () => {
    const one = executor();
    await run(one, '{ unknown }', ann);
    expect(await keeps(one, '{ unknown }')).toBe(false);
  });

  test('checks limits before validation, and reports one error', async () => {
    const one = executor();
    const deep = `{ ${'inner { '.repeat(7)} unknown ${'}'.repeat(7)} }`;
    expect(await one.prepare(deep)).toMatchObject({ message: expect.stringContaining('depth') });
    expect(await one.prepare('{ x y z }')).toBeInstanceOf(GraphQLError);
    expect(await one.prepare(`{ ${'a '.repeat(1_001)} }`)).toMatchObject({
      message: expect.stringContaining('tokens'),
    });
  });
});
