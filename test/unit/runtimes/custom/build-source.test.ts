import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { StagedArtifact } from '../../../../src/artifacts/artifact-store.ts';
import { buildSource, copiesFiles } from '../../../../src/runtimes/custom/build-source.ts';

async function contextWith(
  dockerfile: Uint8Array | string | undefined,
): Promise<Pick<StagedArtifact, 'directory' | 'files' | 'hash'>> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-context-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const hash = 'a'.repeat(64) as StagedArtifact['hash'];
  if (dockerfile === undefined) return { directory, hash, files: [] };
  await writeFile(join(directory, 'Dockerfile'), dockerfile);
  const sizeBytes = Buffer.from(dockerfile).length;
  return { directory, hash, files: [{ path: 'Dockerfile', sizeBytes, executable: false }] };
}

describe('what an image is built from', () => {
  it('is the text that was given, before a file of the context', async () => {
    const context = await contextWith('FROM file');
    expect(await buildSource('FROM text', context)).toMatchObject({ dockerfile: 'FROM text' });
    expect(await buildSource(undefined, context)).toMatchObject({ dockerfile: 'FROM file' });
  });

  it('holds the files only where the Dockerfile copies some of them', async () => {
    const context = await contextWith('FROM file');
    const none = { contextDirectory: undefined, contextHash: undefined };
    expect(await buildSource('FROM x\nRUN true', context)).toMatchObject(none);
    expect(await buildSource('FROM x\nCOPY a b', undefined)).toMatchObject(none);
    expect(await buildSource('FROM x\nCOPY a b', context)).toMatchObject({
      contextDirectory: context.directory,
      contextHash: context.hash,
    });
  });

  it.each([
    [undefined, /has no Dockerfile/],
    [Buffer.from([0x46, 0xff, 0xfe]), /is not text in UTF-8/],
    ['x'.repeat(1024 * 1024 + 1), /too long/],
  ])('cannot be a context without a Dockerfile that is one', async (content, message) => {
    await expect(buildSource(undefined, await contextWith(content))).rejects.toMatchObject({
      code: 'BUILD_REFUSED',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('whether a Dockerfile copies files', () => {
  it.each(['COPY a b', '  copy . .', 'FROM x\nCopy --chown=1:1 a b', 'COPY \\\n a b', 'ADD a b'])(
    'does: %j',
    (text) => {
      expect(copiesFiles(text)).toBe(true);
    },
  );

  it.each(['FROM x', '# COPY a b', 'RUN cp a b', 'COPY --from=build /a /b', 'ENV COPY=1'])('does not: %j', (text) => {
    expect(copiesFiles(text)).toBe(false);
  });
});
