import { describe, expect, it } from 'vitest';
import { defaultArtifactLimits, inlineFiles, type ArtifactLimits } from '../../../src/artifacts/upload.ts';
import { SraasError } from '../../../src/errors.ts';
import { readAll } from '../../support/archives/read-archive.ts';

function refusal(files: unknown, limits: Partial<ArtifactLimits> = {}): SraasError {
  try {
    inlineFiles(files, { ...defaultArtifactLimits, ...limits });
  } catch (error) {
    if (error instanceof SraasError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('inline files', () => {
  it('are text or base64, and never executable', async () => {
    const files = { 'src/main.mjs': 'é', 'logo.png': { base64: 'AAEC' }, empty: '', none: { base64: '' } };
    expect(await readAll(inlineFiles(files, defaultArtifactLimits))).toEqual([
      { path: 'src/main.mjs', executable: false, text: 'é' },
      { path: 'logo.png', executable: false, text: '\u0000\u0001\u0002' },
      { path: 'empty', executable: false, text: '' },
      { path: 'none', executable: false, text: '' },
    ]);
  });

  it('are refused with one violation for each problem, pointing at it', () => {
    const error = refusal({
      'ok.mjs': '',
      '../x': '',
      'a~b': 5,
      'b.png': { base64: '!' },
      'c.png': { base64: 'AAA' },
      'd.png': { base64: 'AAEC', more: true },
      e: null,
      f: ['x'],
      g: '\ud800',
    });
    expect(error.code).toBe('INVALID_ARTIFACT');
    expect(error.violations.map(({ pointer }) => pointer)).toEqual([
      '/files/..~1x',
      '/files/a~0b',
      '/files/b.png',
      '/files/c.png',
      '/files/d.png',
      '/files/e',
      '/files/f',
      '/files/g',
    ]);
  });

  it.each([undefined, null, 'text', 5, ['main.mjs']])('are refused when they are %j', (files) => {
    expect(refusal(files).code).toBe('INVALID_ARTIFACT');
  });

  it('are refused when there are none', () => {
    expect(refusal({}).message).toContain('holds no files');
  });

  it('may be called like a property of every object', async () => {
    const files: unknown = JSON.parse('{"__proto__":"a","constructor":"b"}');
    expect((await readAll(inlineFiles(files, defaultArtifactLimits))).map(({ path }) => path)).toEqual([
      '__proto__',
      'constructor',
    ]);
  });

  it('are refused when they collide', () => {
    expect(refusal({ a: '', A: '' }).violations).toHaveLength(1);
    expect(refusal({ a: '', 'a/b': '' }).violations).toHaveLength(1);
  });

  it('are held to the caps before anything is decoded', () => {
    expect(refusal({ a: 'é', b: { base64: 'AAEC' } }, { totalBytes: 4 }).code).toBe('ARTIFACT_TOO_LARGE');
    expect(refusal({ a: '', b: '', c: '' }, { entries: 2 }).code).toBe('ARTIFACT_TOO_LARGE');
    expect(refusal({ 'a/b/c': '' }, { depth: 2 }).code).toBe('ARTIFACT_TOO_LARGE');
  });
});
