/** GraphQL over HTTP without a valid token. */
import type { Attack } from '../target.ts';

const query = (text: string): string => JSON.stringify({ query: text });
/** A document of about 3 KB that no other request sends. */
const invalid = (index: number): string =>
  `{ ${Array.from({ length: 70 }, (_, field) => `unknownFieldOfNumber${index}x${field}: nothing${field}`).join(' ')} }`;
const valid = (index: number): string =>
  `query Q${index} { ${Array.from({ length: 9 }, (_, field) => `a${index}x${field}: queue(concertId: "c${index}") { state waiting ready active }`).join(' ')} }`;

const INTROSPECTION = `{ __schema { types { name fields { name type { name ofType { name ofType { name } } } } } } }`;
const FRAGMENTS = `{ ...f0 } ${Array.from({ length: 60 }, (_, index) => `fragment f${index} on Query { ...f${index + 1} ...f${index + 1} }`).join(' ')} fragment f60 on Query { queue(concertId: "a") { state } }`;
/** Overlapping fields are compared in pairs during validation. */
const OVERLAPPING = `{ ${Array.from({ length: 190 }, () => 'queue(concertId: "a") { state }').join(' ')} }`;
const DEEP = `{ ${'queue { '.repeat(400)} state ${'} '.repeat(400)} }`;
const DIRECTIVES = `{ queue(concertId: "a") ${'@a '.repeat(900)} { state } }`;
const LISTS = `{ queue(concertId: ${'['.repeat(3_000)}) { state } }`;
const VARIABLES = JSON.stringify({
  query: 'query ($a: ID!) { queue(concertId: $a) { state } }',
  variables: Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`v${index}`, index])),
});

export const GRAPHQL_ATTACKS: Readonly<Record<string, Attack>> = {
  'distinct invalid documents': (target) => target.flood(32, (index) => target.post('/graphql', query(invalid(index)))),
  'distinct valid documents': (target) => target.flood(32, (index) => target.post('/graphql', query(valid(index)))),
  'expensive documents': (target) => {
    const bodies = [...[FRAGMENTS, OVERLAPPING, DEEP, DIRECTIVES, LISTS, INTROSPECTION].map(query), VARIABLES];
    return target.flood(32, (index) => target.post('/graphql', bodies[index % bodies.length] ?? ''));
  },
};
