import { GraphQLError, GraphQLScalarType } from 'graphql';

/** Nothing that is asked takes one of these: they are answers only. */
function notTaken(): never {
  throw new GraphQLError('This scalar stands in answers only.');
}

export const OffsetScalar = new GraphQLScalarType<number, number>({
  name: 'Offset',
  description: 'A place in the log: an integer up to 2^53 - 1, as JSON writes it. Smaller = earlier.',
  serialize: (value) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    throw new TypeError('an offset is an integer');
  },
  parseValue: notTaken,
  parseLiteral: notTaken,
});

export const DateTimeScalar = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description: 'RFC 3339 in UTC with milliseconds, e.g. 2026-12-01T11:00:00.000Z.',
  serialize: (value) => {
    if (typeof value === 'number') return new Date(value).toISOString();
    throw new TypeError('a time is a number of milliseconds');
  },
  parseValue: notTaken,
  parseLiteral: notTaken,
});
