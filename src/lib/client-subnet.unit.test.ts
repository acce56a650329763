import { expect, test } from '@jest/globals';
import { clientSubnet } from './client-subnet.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:DB8:1:2::6', '2001:db8:1:2'],
  ['2001:db8:1::6', '2001:db8:1:0'],
  ['2001:0db8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['', 'no address'],
  ['unknown', 'no address'],
  ['1.2.3.4, 5.6.7.8', 'no address'],
  ['\r\nSET x y', 'no address'],
])('requests of %j are counted under %s', (address, group) => {
  expect(clientSubnet(address)).toBe(group);
});
