import { describe, expect, it } from 'vitest';
import { isLoopback } from '../../../src/http/loopback.ts';

describe('an address to listen on', () => {
  it.each(['localhost', '127.0.0.1', '127.0.0.2', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])(
    'can be reached from this machine only: %s',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  // A name may be looked up to anything, and what is no address at all may be read as one by something else.
  it.each([
    '0.0.0.0',
    '::',
    '',
    '128.0.0.1',
    '126.255.255.255',
    '10.0.0.1',
    '192.168.1.1',
    '::2',
    '::ffff:10.0.0.1',
    'fe80::1',
    'localhost.example',
    'host.localhost',
    '127.1',
    '2130706433',
    '0177.0.0.1',
    '[::1]',
    '127.0.0.1:8080',
    ' 127.0.0.1',
  ])('can, or might, be reached from elsewhere: "%s"', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
