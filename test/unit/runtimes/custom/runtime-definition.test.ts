import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../../src/errors.ts';
import { parseRuntimeDefinition } from '../../../../src/runtimes/custom/runtime-definition.ts';
import { parseRuntimeName } from '../../../../src/runtimes/custom/runtime-name.ts';

function violationsOf(document: unknown, hasContext = false): readonly string[] {
  try {
    parseRuntimeDefinition(document, hasContext);
  } catch (error) {
    if (!(error instanceof SraasError) || error.code !== 'INVALID_RUNTIME') throw error;
    return error.violations.map(({ pointer, message }) => `${pointer} ${message}`);
  }
  return [];
}

const least = { contract: 'command', dockerfile: 'FROM debian' };

describe('the definition of a runtime', () => {
  it('needs a contract and a Dockerfile, and nothing else', () => {
    expect(parseRuntimeDefinition(least, false)).toEqual({
      contract: 'command',
      wanted: 'command',
      description: '',
      dockerfile: 'FROM debian',
    });
    expect(parseRuntimeDefinition({ contract: 'handler' }, true)).toMatchObject({
      wanted: 'handler',
      dockerfile: undefined,
    });
    expect(parseRuntimeDefinition({ ...least, contract: 'handler', language: 'node' }, false).wanted).toBe('node');
  });

  it.each([undefined, null, [], 'FROM debian', 7])('is no %j', (document) => {
    expect(violationsOf(document)).toEqual([
      ' must be a JSON object like {"contract":"handler","dockerfile":"FROM …"}',
    ]);
  });

  it('may have its Dockerfile among its files, where it has files', () => {
    expect(violationsOf({ contract: 'handler' }, true)).toEqual([]);
    expect(violationsOf({ contract: 'handler' })).toEqual([
      '/dockerfile is required: the text of the Dockerfile, or a file named Dockerfile among the files',
    ]);
  });

  it.each([
    [{ contract: 'lambda' }, '/contract cannot be "lambda" yet, which is planned: use "handler" or "command"'],
    [{ contract: 'Handler' }, '/contract must be "handler" or "command"'],
    [{ contract: undefined }, '/contract is required: "handler" or "command"'],
    [{ language: 'node' }, '/language must be left out: a program of the command contract may be in any language'],
    [{ contract: 'handler', language: 'ruby' }, '/language must be "node" or "python"'],
    [{ dockerfile: ' \n' }, '/dockerfile must not be empty'],
    [{ dockerfile: ['FROM x'] }, '/dockerfile must be the text of the Dockerfile'],
    [{ description: 'x'.repeat(1001) }, '/description must be a string of at most 1000 characters'],
    [{ description: 'half \ud800' }, '/description must be a string of at most 1000 characters'],
    [{ 'a/b': 1 }, '/a~1b is not known; known here are contract, language, dockerfile, description, files'],
  ])('with %j is refused', (members, violation) => {
    expect(violationsOf({ ...least, ...members })).toEqual([violation]);
  });

  it('is refused with all that is wrong at once', () => {
    expect(violationsOf({ language: 1, dockerfile: 2, description: 3, other: 4 })).toHaveLength(5);
  });
});

describe('the name of a runtime', () => {
  it.each(['a', 'Node-24_x', `a${'b'.repeat(63)}`])('can be %s', (name) => {
    expect(parseRuntimeName(name)).toBe(name);
  });

  it.each(['', '1a', 'a.b', 'a b', `a${'b'.repeat(64)}`, 'a\n', 'node24', 'dockerfile', 'dockerfile:x'])(
    'cannot be %j',
    (name) => {
      expect(() => parseRuntimeName(name)).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }));
    },
  );
});
