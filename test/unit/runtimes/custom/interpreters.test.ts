import { describe, expect, it } from 'vitest';
import { proveHandler, searchPathOf, type HandlerCandidate } from '../../../../src/runtimes/custom/interpreters.ts';
import { imageFacts } from './fake-builds.ts';

function prove(files: readonly string[], wanted: 'node' | 'python' | 'handler', version = '20.1.0') {
  const tried: HandlerCandidate[] = [];
  const proof = proveHandler(
    imageFacts,
    wanted,
    {
      firstOf: (_id, paths) => Promise.resolve(paths.find((path) => files.includes(path))),
      tryHandler: (candidate) => {
        tried.push(candidate);
        return Promise.resolve(version);
      },
    },
    new AbortController().signal,
  );
  return { proof, tried };
}

describe('the proof that an image serves handlers', () => {
  it('takes the first interpreter on the image’s own PATH', async () => {
    const { proof, tried } = prove(['/usr/bin/node', '/opt/bin/node'], 'handler');
    expect(await proof).toEqual({
      use: 'node',
      interpreter: { path: '/opt/bin/node', version: '20.1.0' },
      searchPath: '/opt/bin:/usr/bin',
    });
    expect(tried).toEqual([
      { imageId: 'sha256:one', language: 'node', interpreter: '/opt/bin/node', searchPath: '/opt/bin:/usr/bin' },
    ]);
  });

  it('asks which is meant where there are both, and takes the one that was said', async () => {
    const both = ['/usr/bin/node', '/usr/bin/python3'];
    await expect(prove(both, 'handler').proof).rejects.toThrow(
      'The image has both node and python3: say by `language` which of them runs the handlers.',
    );
    expect(await prove(both, 'python', '3.9.0').proof).toMatchObject({ use: 'python' });
  });

  it('says what is missing', async () => {
    await expect(prove(['/usr/bin/node'], 'python').proof).rejects.toThrow(
      'The image has no python3 on its PATH (/opt/bin:/usr/bin), which the handler contract needs: ' +
        'install Python 3.9 or newer, or use the contract "command".',
    );
  });

  it.each([
    ['node', '18.20.4', 'The image has Node 18.20.4 at /usr/bin/node, and handlers need 20 or newer.'],
    ['python', '3.8.20', 'The image has Python 3.8.20 at /usr/bin/python3, and handlers need 3.9 or newer.'],
    ['python', '2.7.18', 'The image has Python 2.7.18 at /usr/bin/python3, and handlers need 3.9 or newer.'],
  ] as const)('refuses an old %s, %s', async (language, version, message) => {
    await expect(prove(['/usr/bin/node', '/usr/bin/python3'], language, version).proof).rejects.toThrow(message);
  });

  it.each([
    ['node', '20.0.0'],
    ['node', '24.1.0'],
    ['python', '3.10.1'],
    ['python', '4.0.0'],
  ] as const)('accepts %s %s', async (language, version) => {
    expect(await prove(['/usr/bin/node', '/usr/bin/python3'], language, version).proof).toMatchObject({
      use: language,
    });
  });
});

describe('the PATH of an image', () => {
  it.each([
    ['/a:/b', '/a:/b'],
    ['bin:/a::./x:/b', '/a:/b'],
    ['', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['relative', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ])('%j is %s', (path, expected) => {
    expect(searchPathOf({ environment: { PATH: path } })).toBe(expected);
  });

  it('is the usual one where the image sets none', () => {
    expect(searchPathOf({ environment: {} })).toMatch(/^\/usr\/local\/sbin:/);
  });
});
