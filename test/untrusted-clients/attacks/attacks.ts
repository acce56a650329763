import type { Attack } from '../target.ts';
import { GRAPHQL_ATTACKS } from './graphql.ts';
import { HTTP_ATTACKS } from './http.ts';
import { ONE_USER_ATTACKS } from './one-user.ts';
import { WEBSOCKET_ATTACKS } from './websockets.ts';

/** By name. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  ...HTTP_ATTACKS,
  ...GRAPHQL_ATTACKS,
  ...WEBSOCKET_ATTACKS,
  ...ONE_USER_ATTACKS,
};
