import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import type { Alias } from '../../../src/functions/alias.ts';
import type { FunctionVersion } from '../../../src/functions/function.ts';
import { isServedAll, isServedByWorkers } from '../../../src/workers/served-here.ts';
import { versionWith } from '../sandboxes/versions.ts';

const limits = { maxSandboxMemoryMb: 1000, workers: 2 };
const version: FunctionVersion = versionWith();
const changed = (config: Partial<FunctionVersion['config']>): FunctionVersion => ({
  ...version,
  config: { ...version.config, concurrency: { max: 10, warmMin: 0 }, ...config },
});

describe('what workers run', () => {
  it('is handlers on built-in runtimes, without a network, within their part of the limits', () => {
    expect(isServedByWorkers(changed({}), limits)).toBe(true);
  });

  it.each([
    ['a program', { ...changed({}), entry: undefined }],
    [
      'a version with an image of its own',
      { ...changed({}), imageKey: 'k' as NonNullable<FunctionVersion['imageKey']> },
    ],
    ['a runtime that a user made', changed({ runtime: 'mine' })],
    ['a function with a network', changed({ network: 'egress' })],
    ['one that needs more memory than a worker has', changed({ limits: { ...version.config.limits, memoryMb: 1001 } })],
    ['one with fewer calls at a time than there are processes', changed({ concurrency: { max: 2, warmMin: 0 } })],
  ])('is not %s', (_what, other) => {
    expect(isServedByWorkers(other, limits)).toBe(false);
  });

  it('is all that a reference may lead to, or nothing of it', async () => {
    const catalog = {
      resolve: ({ version: number = 1 }: { readonly version?: number | undefined }) =>
        number === 9
          ? Promise.reject(new SraasError('VERSION_NOT_FOUND', 'There is no such version.'))
          : Promise.resolve({ ...version, number }),
      alias: (_name: string, alias: string) =>
        Promise.resolve({
          target: { version: 1, ...(alias === 'split' && { other: { version: 2, percent: 50 } }) },
        } as Alias),
    };
    const isFirst = ({ number }: FunctionVersion): boolean => number === 1;
    const asked = ['hello', 'hello@1', 'hello@2', 'hello@9', 'hello:whole', 'hello:split', 'no name!'];
    const served = await Promise.all(asked.map((reference) => isServedAll(catalog, reference, isFirst)));
    expect(served).toStrictEqual([true, true, false, false, true, false, false]);
  });
});
