import { GraphQLError, GraphQLScalarType } from 'graphql';

/** These scalars have no input values. */
function rejectInput(): never {
  throw new GraphQLError('This scalar is for output only.');
}

export const OffsetScalar = new GraphQLScalarType<number, number>({
  name: 'Offset',
  description: 'A position in the log: a JSON integer up to 2^53 - 1. A smaller offset is earlier.',
  serialize: (value) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    throw new TypeError('an offset must be an integer');
  },
  parseValue: rejectInput,
  parseLiteral: rejectInput,
});

export const DateTimeScalar = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description: 'RFC 3339 in UTC with milliseconds, e.g. 2026-12-01T11:00:00.000Z.',
  serialize: (value) => {
    if (typeof value === 'number') return new Date(value).toISOString();
    throw new TypeError('a time must be a number of milliseconds');
  },
  parseValue: rejectInput,
  parseLiteral: rejectInput,
});
