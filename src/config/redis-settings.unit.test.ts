import { expect, test } from '@jest/globals';
import { read, rejection } from './settings.fixtures.ts';

test('cluster nodes accept a user and password that is the same for all', () => {
  const nodes = ['rediss://u:p%2C@r1:7000', 'rediss://u:p%2c@[::1]:7001'];
  expect(read({ REDIS_CLUSTER_NODES: nodes.join() }).redis).toEqual({ clusterNodes: nodes });
});

test.each([
  ['another scheme', 'redis://u:p@r1:7000,rediss://u:p@r2:7000'],
  ['no scheme', 'rediss://r1:7000,r2:7000'],
  ['another password', 'rediss://u:p@r1:7000,rediss://u:q@r2:7000'],
  ['no user', 'redis://u:p@r1:7000,redis://:p@r2:7000'],
])('a cluster node with %s is rejected', (_, nodes) => {
  expect(rejection(() => read({ REDIS_CLUSTER_NODES: nodes }))).toBe(
    'Invalid settings: REDIS_CLUSTER_NODES must have the same scheme, user and password for every node.',
  );
});

test.each([
  ['REDIS_URL', 'http://redis'],
  ['REDIS_URL', 'redis://:100%@redis'],
  ['REDIS_CLUSTER_NODES', 'redis'],
  ['REDIS_CLUSTER_NODES', 'http://r1:7000'],
  ['REDIS_CLUSTER_NODES', 'redis://:100%@r1:7000'],
])('%s=%s is rejected by name', (name, value) => {
  expect(rejection(() => read({ [name]: value }))).toMatch(new RegExp(`^Invalid settings: ${name} must [^;]+$`));
});
