import { describe, expect, it } from 'vitest';
import { resolveHandler } from '../../../src/artifacts/handler-entry.ts';
import { SraasError } from '../../../src/errors.ts';

const named = (...paths: readonly string[]): readonly { path: string }[] => paths.map((path) => ({ path }));

function refusal(
  handler: string,
  files: readonly { path: string }[],
  language: 'node' | 'python' = 'node',
): SraasError {
  try {
    resolveHandler(handler, files, language);
  } catch (error) {
    if (error instanceof SraasError) return error;
    throw error;
  }
  throw new Error('it was found');
}

describe('a Node handler', () => {
  it.each([
    ['main.handler', ['main.mjs'], 'main.mjs', 'handler'],
    ['main.handler', ['main.cjs', 'main.js', 'main.mjs'], 'main.mjs', 'handler'],
    ['main.handler', ['main.cjs', 'main.js'], 'main.js', 'handler'],
    ['src/app.default', ['src/app.js'], 'src/app.js', 'default'],
    ['src.app.handler', ['src/app.js'], 'src/app.js', 'handler'],
    ['src.app.handler', ['src.app.js', 'src/app.js'], 'src.app.js', 'handler'],
    ['src.handler', ['src/index.mjs'], 'src/index.mjs', 'handler'],
    ['a.b.handler', ['a/b/index.cjs'], 'a/b/index.cjs', 'handler'],
    ['src/app.mjs.handler', ['src/app.mjs', 'src/app.js'], 'src/app.mjs', 'handler'],
    ['src/app.ts.handler', ['src/app.js', 'src/app.mjs'], 'src/app.js', 'handler'],
    ['app.mts.handler', ['app.mjs'], 'app.mjs', 'handler'],
    ['app.cts.handler', ['app.cjs'], 'app.cjs', 'handler'],
    ['./main.handler', ['main.js'], 'main.js', 'handler'],
  ])('%s in %j is found', (handler, paths, file, exportName) => {
    expect(resolveHandler(handler, named(...paths), 'node')).toEqual({ file, exportName });
  });

  it('is never a TypeScript declaration or a file of another language', () => {
    expect(refusal('main.handler', named('main.d.ts', 'main.py', 'main')).code).toBe('HANDLER_FILE_NOT_FOUND');
  });
});

describe('a Python handler', () => {
  it.each([
    ['main.handler', ['main.py'], 'main.py'],
    ['pkg.mod.handler', ['pkg/mod.py'], 'pkg/mod.py'],
    ['pkg/mod.handler', ['pkg/mod.py'], 'pkg/mod.py'],
    ['pkg.handler', ['pkg/__init__.py'], 'pkg/__init__.py'],
    ['a.b.handler', ['a/b/__init__.py', 'a/b.py'], 'a/b/__init__.py'],
    ['src/app.handler', ['app.py', 'src/app.py'], 'src/app.py'],
    ['main.py.handler', ['main.py'], 'main.py'],
  ])('%s in %j is found', (handler, paths, file) => {
    expect(resolveHandler(handler, named(...paths), 'python')).toEqual({ file, exportName: 'handler' });
  });
});

describe('a Python handler that is not there', () => {
  it('is told of by the module that would be it', () => {
    expect(refusal('pkg/mod.handler', named('a.py'), 'python').message).toContain('"pkg/mod.py"');
  });
});

describe('a handler is refused', () => {
  it.each(['', 'main', '.handler', 'main.', '.', './.x'])('when it does not have two halves: %j', (handler) => {
    const error = refusal(handler, named('main.js'));
    expect(error.code).toBe('INVALID_CONFIG');
    expect(error.violations).toEqual([expect.objectContaining({ pointer: '/handler' })]);
  });

  it('when its file is not there, naming the first few that are', () => {
    const error = refusal('main.handler', named('a.js', 'b.js', 'c.js', 'd.js', 'e.js', 'f.js', 'g.js'));
    expect(error.code).toBe('HANDLER_FILE_NOT_FOUND');
    expect(error.message).toContain('"main.mjs"');
    expect(error.message).toContain('"e.js" and 2 more');
    expect(error.violations).toEqual([expect.objectContaining({ pointer: '/handler' })]);
  });

  it('when it leads out of the artifact', () => {
    expect(refusal('../main.handler', named('main.js')).code).toBe('HANDLER_FILE_NOT_FOUND');
    expect(refusal('/main.handler', named('main.js')).code).toBe('HANDLER_FILE_NOT_FOUND');
  });
});
