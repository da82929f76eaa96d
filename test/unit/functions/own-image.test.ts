import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArtifactStore, type StagedArtifact } from '../../../src/artifacts/artifact-store.ts';
import { defaultArtifactLimits, inlineFiles } from '../../../src/artifacts/upload.ts';
import { SraasError } from '../../../src/errors.ts';
import { parseFunctionConfig } from '../../../src/functions/function-config.ts';
import { defaultFunctionPolicy } from '../../../src/functions/function-policy.ts';
import { makeOwnImage, type ImageMaker } from '../../../src/functions/own-image.ts';
import { image } from '../store/images.ts';

const configOf = (handler?: string) =>
  parseFunctionConfig({ runtime: 'dockerfile', ...(handler === undefined ? {} : { handler }) }, defaultFunctionPolicy);

async function upload(files: Readonly<Record<string, string>>): Promise<{
  readonly artifacts: ArtifactStore;
  readonly staged: StagedArtifact;
}> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-own-'));
  const artifacts = new ArtifactStore(directory, defaultArtifactLimits);
  await artifacts.open();
  onTestFinished(async () => {
    await artifacts.close();
    await rm(directory, { recursive: true, force: true });
  });
  const staged = await artifacts.stage(inlineFiles(files, defaultArtifactLimits), { language: 'other' });
  return { artifacts, staged };
}

function maker() {
  const release = vi.fn();
  const order = vi.fn<ImageMaker['order']>((_recipe, use) =>
    Promise.resolve({
      follow: (onLine) => {
        onLine({ at: new Date(0), text: 'Step 1' });
        return () => undefined;
      },
      image: () => Promise.resolve(image('own', use)),
    }),
  );
  const images = { order, check: vi.fn<ImageMaker['check']>(() => Promise.resolve()), hold: () => release };
  return { images, order, release };
}

async function make(files: Readonly<Record<string, string>>, handler?: string, made = maker()) {
  const { artifacts, staged } = await upload(files);
  const lines: string[] = [];
  const onLine = ({ text }: { readonly text: string }): void => void lines.push(text);
  const code = await makeOwnImage(configOf(handler), staged, { artifacts, images: made.images, onLine });
  return { ...made, ...code, staged, lines };
}

describe('a version with a Dockerfile of its own', () => {
  it('is a program without a handler, and tells of its build', async () => {
    const made = await make({ Dockerfile: 'FROM x', 'main.ts': 'let a: number' });
    expect(made.order).toHaveBeenCalledWith(
      { dockerfile: 'FROM x', contextDirectory: undefined, contextHash: undefined },
      'command',
    );
    expect([made.entry, made.code, made.imageKey]).toEqual([undefined, made.staged, image('own', 'command').key]);
    expect(made.lines).toEqual(['Step 1']);
    made.release();
    expect(made.release).toHaveBeenCalledOnce();
  });

  it('runs what is transpiled, and is built from what was uploaded, which is kept', async () => {
    const files = { Dockerfile: 'FROM x\nCOPY . .', 'main.ts': 'export const handler = (): number => 1' };
    const made = await make(files, 'main.handler');
    expect(made.entry).toMatchObject({ file: 'main.js', exportName: 'handler', sourceMaps: true });
    expect(made.code.hash).not.toBe(made.staged.hash);
    const [recipe, use] = made.order.mock.calls[0] ?? [];
    expect(use).toBe('node');
    expect(recipe).toMatchObject({ contextHash: made.staged.hash });
    expect(recipe?.contextDirectory).toContain(join('artifacts', made.staged.hash));
    await made.code.discard();
  });

  it('is Python where its handler is', async () => {
    const made = await make({ Dockerfile: 'FROM x', 'main.py': 'def handler(e, c): pass' }, 'main.handler');
    expect(made.order.mock.calls[0]?.[1]).toBe('python');
    expect(made.entry).toMatchObject({ file: 'main.py', sourceMaps: false });
  });

  it.each([
    ['no such handler', { Dockerfile: 'FROM x', 'a.js': '' }, 'main.handler', 'HANDLER_FILE_NOT_FOUND'],
    ['no Dockerfile', { 'main.js': '' }, 'main.handler', 'BUILD_REFUSED'],
  ])('is refused for %s before anything is ordered', async (_what, files, handler, code) => {
    const made = maker();
    await expect(make(files, handler, made)).rejects.toMatchObject({ code });
    expect(made.order).not.toHaveBeenCalled();
  });

  it('is refused by the policy before anything is kept', async () => {
    const made = maker();
    made.images.check.mockRejectedValueOnce(new SraasError('BUILD_REFUSED', 'Line 2: no.'));
    await expect(make({ Dockerfile: 'FROM x\nCOPY a b' }, undefined, made)).rejects.toThrow('Line 2: no.');
    expect(made.order).not.toHaveBeenCalled();
  });
});
