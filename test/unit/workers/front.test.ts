import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { front } from '../../../src/workers/front.ts';

/** Where a request is answered, and which reference was asked about. */
async function placeOf(request: object): Promise<string> {
  return new Promise((resolve) => {
    let asked = '';
    const listener = front({
      here: () => {
        resolve(`here ${asked}`);
      },
      passOn: () => {
        resolve(asked === '' ? 'passed on' : `passed on ${asked}`);
      },
      isServedHere: (reference) => {
        asked = reference;
        return Promise.resolve(!reference.startsWith('elsewhere'));
      },
    });
    const whole = { method: 'POST', headers: {}, ...request } as Parameters<RequestListener>[0];
    listener(whole, {} as Parameters<RequestListener>[1]);
  });
}

describe('a worker’s front', () => {
  it('keeps plain sync calls of functions that are served here', async () => {
    expect(await placeOf({ url: '/functions/hello/invoke' })).toBe('here hello');
    expect(await placeOf({ url: '/functions/hello:live/invoke' })).toBe('here hello:live');
    expect(await placeOf({ url: '/functions/hello@3/invoke' })).toBe('here hello@3');
  });

  it('passes on calls of others', async () => {
    expect(await placeOf({ url: '/functions/elsewhere/invoke' })).toBe('passed on elsewhere');
  });

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
  ])('passes on all else: $method $url $headers', async (request) => {
    expect(await placeOf(request)).toBe('passed on');
  });
});
