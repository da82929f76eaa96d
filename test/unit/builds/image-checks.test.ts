import { describe, expect, it } from 'vitest';
import { imageFacts, imageObjection } from '../../../src/builds/image-checks.ts';
import type { ImageDetails } from '../../../src/engine/build.ts';
import { imageNamed } from './fake-build-engine.ts';

const bounds = { maxBytes: 1000, architecture: 'amd64' };
const image = (changes: Partial<ImageDetails> = {}): ImageDetails => ({ ...imageNamed('a:1'), ...changes });

describe('a finished image', () => {
  it('is kept when it is like others', () => {
    const changes = {
      environment: { PATH: '/bin', LD_LIBRARY_PATH: '/x', NODE_OPTIONS: '--x' },
      layers: 64,
      sizeBytes: 1000,
    };
    expect(imageObjection(image(changes), bounds)).toBeUndefined();
  });

  it.each([
    [{ sizeBytes: 1001 }, /1 MB/],
    [{ layers: 65 }, /65 layers/],
    [{ volumes: ['/data'] }, /volumes/],
    [{ triggers: ['RUN id'] }, /ONBUILD/],
    [{ architecture: 'arm64' }, /linux\/arm64/],
    [{ operatingSystem: 'windows' }, /windows\/amd64/],
    [{ environment: { LD_AUDIT: '/x.so' } }, /sets LD_AUDIT/],
    [{ workingDirectory: '/proc/self/fd/8' }, /folder of the kernel/],
    [{ labels: { a: 'x'.repeat(300_000) } }, /too many labels/],
  ])('with %j is not', (changes, expected) => {
    expect(imageObjection(image(changes), bounds)).toMatch(expected);
  });

  it('says what it would start, and where', () => {
    const changes = {
      entryPoint: ['/a'],
      command: ['b', 'c'],
      workingDirectory: '',
      labels: { 'sraas.build-base': 'x (y)' },
    };
    expect(imageFacts(image(changes))).toMatchObject({
      command: ['/a', 'b', 'c'],
      workingDirectory: '/',
      base: 'x (y)',
    });
  });
});
