import { describe, expect, it } from 'vitest';
import { toEngineError } from '../../../src/engine/docker/docker-error.ts';
import { EngineError, type EngineErrorCode } from '../../../src/engine/engine-error.ts';

const failure = (fields: object): Error => Object.assign(new Error('in the words of the engine\n'), fields);

describe('a failure of the engine', () => {
  it.each<[fields: object, code: EngineErrorCode]>([
    [{ statusCode: 304 }, 'conflict'],
    [{ statusCode: 400 }, 'refused'],
    [{ statusCode: 403 }, 'refused'],
    [{ statusCode: 404 }, 'container_not_found'],
    [{ statusCode: 409 }, 'conflict'],
    [{ statusCode: 500 }, 'refused'],
    [{ code: 'ENOENT' }, 'unreachable'],
    [{ code: 'ECONNREFUSED' }, 'unreachable'],
    [{ code: 'ECONNRESET' }, 'unreachable'],
    [{ code: 'EACCES' }, 'permission_denied'],
    [{ code: 'EPERM' }, 'permission_denied'],
    [{ code: 'ETIMEDOUT' }, 'timeout'],
    [{ code: 'ABORT_ERR' }, 'timeout'],
    [{}, 'unreachable'],
    // An answer was given, whatever became of the connection.
    [{ statusCode: 409, code: 'ECONNRESET' }, 'conflict'],
  ])('with %j is %s', (fields, code) => {
    const cause = failure(fields);
    expect(toEngineError(cause, 'container_not_found')).toMatchObject({
      name: 'EngineError',
      code,
      message: 'in the words of the engine',
      cause,
    });
  });

  it('with status 404 is about what was asked for', () => {
    expect(toEngineError(failure({ statusCode: 404 }), 'image_not_found').code).toBe('image_not_found');
  });

  it('is told by status and code, never by its text', () => {
    const misleading = Object.assign(new Error('No such image: permission denied, timeout'), { statusCode: 500 });
    expect(toEngineError(misleading, 'image_not_found').code).toBe('refused');
  });

  it('stays what it is when it is one of ours already', () => {
    const known = new EngineError('build_failed', 'no');
    expect(toEngineError(known, 'image_not_found')).toBe(known);
  });

  it('may be anything that can be thrown', () => {
    for (const thrown of ['text', 5, {}]) {
      expect(toEngineError(thrown, 'image_not_found')).toBeInstanceOf(EngineError);
    }
  });
});
