import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { front } from '../../../src/workers/front.ts';

/** Where a request is answered. */
function placeOf(request: object): string {
  let place = 'nowhere';
  const listener = front({
    here: () => {
      place = 'here';
    },
    passOn: () => {
      place = 'at the server';
    },
  });
  const whole = { method: 'POST', headers: {}, ...request } as Parameters<RequestListener>[0];
  listener(whole, {} as Parameters<RequestListener>[1]);
  return place;
}

describe('a worker’s front', () => {
  it.each(['/functions/hello/invoke', '/functions/hello:live/invoke', '/functions/hello@3/invoke'])(
    'keeps plain sync calls: %s',
    (url) => {
      expect(placeOf({ url })).toBe('here');
    },
  );

  it.each([
    { url: '/functions/hello/invoke?mode=async' },
    { url: '/functions/hello/invoke?' },
    { url: '/functions/hello/invoke', headers: { 'idempotency-key': 'k' } },
    { url: '/functions/hello/invoke', method: 'GET' },
    { url: '/functions/hell%6f/invoke' },
    { url: '/functions/hello/invoke/' },
    { url: '/functions/hello' },
    { url: 'http://other.example/functions/hello/invoke' },
    { url: '/run' },
    { url: '*' },
  ])('passes on all else: $method $url $headers', (request) => {
    expect(placeOf(request)).toBe('at the server');
  });
});
