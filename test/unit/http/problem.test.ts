import { describe, expect, it } from 'vitest';
import { errorTable, SraasError, type ErrorCode } from '../../../src/errors.ts';
import { fromExpress } from '../../../src/http/problem.ts';
import { serve } from './served-app.ts';

async function answered(error: SraasError): Promise<Response> {
  const { url } = await serve((_request, _response, next) => {
    next(error);
  });
  return fetch(url);
}

describe('the reply to a request that failed', () => {
  it('is a problem document with these members and no others', async () => {
    const response = await answered(new SraasError('QUEUE_FULL', 'Try again later.'));
    expect(response.status).toBe(429);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      type: 'urn:sraas:error:queue-full',
      title: 'Too many calls are waiting',
      status: 429,
      code: 'QUEUE_FULL',
      detail: 'Try again later.',
      request_id: 'r-1',
    });
  });

  it('lists every violation with its pointer', async () => {
    const violations = [
      { pointer: '/a~1b', message: 'must be a number' },
      { pointer: '', message: 'is too deep' },
    ];
    const response = await answered(new SraasError('INVALID_CONFIG', 'Correct it.', { violations }));
    expect(await response.json()).toMatchObject({ errors: violations });
  });

  it('says its length in bytes', async () => {
    const response = await answered(new SraasError('INVALID_NAME', 'Not “é😀”.'));
    expect(response.headers.get('transfer-encoding')).toBeNull();
    expect(Number(response.headers.get('content-length'))).toBe((await response.arrayBuffer()).byteLength);
  });

  it('says when to come again where that is known, and only there', async () => {
    const later = await answered(new SraasError('DRAINING', 'Bye.', { retryAfterSeconds: 5 }));
    expect(later.headers.get('retry-after')).toBe('5');
    const never = await answered(new SraasError('INVALID_NAME', 'No.'));
    expect(never.headers.has('retry-after')).toBe(false);
  });

  it('tells nothing of the cause', async () => {
    const cause = new Error('secret /var/lib/docker');
    const response = await answered(new SraasError('INTERNAL', 'Something went wrong here.', { cause }));
    expect(await response.text()).not.toMatch(/secret|stack|var/);
  });

  it.each(Object.keys(errorTable) as ErrorCode[])('has the status and the title of %s', async (code) => {
    const { status, title } = errorTable[code];
    const response = await answered(new SraasError(code, 'A sentence.'));
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code, status, title });
  });
});

describe('what Express fails with', () => {
  it.each<[error: object, code: ErrorCode]>([
    [{ code: 'ECONNRESET' }, 'BAD_REQUEST'],
    [Object.assign(new URIError('Failed to decode param'), { status: 400 }), 'BAD_REQUEST'],
  ])('is the caller’s: %j', (error, code) => {
    expect(fromExpress(error)).toMatchObject({ code });
  });

  it.each([new Error('ours'), { status: 500 }, { status: 200 }, { status: '400' }, 'text', 5])(
    'is our own: %j',
    (error) => {
      expect(fromExpress(error)).toBeUndefined();
    },
  );
});
