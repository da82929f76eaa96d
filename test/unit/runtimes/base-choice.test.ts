import { beforeEach, describe, expect, it } from 'vitest';
import type { Base } from '../../../src/runtimes/base.ts';
import { BaseChoice } from '../../../src/runtimes/base-choice.ts';
import { builtInRuntimes, type Runtime } from '../../../src/runtimes/runtime.ts';
import { Steps } from '../../../src/runtimes/steps.ts';
import { FakeImageEngine } from './fake-image-engine.ts';

const [node24, node22] = builtInRuntimes as [Runtime, Runtime];
const localBase: Base = { reference: 'sraas/base-node24:1', id: 'sha256:local', origin: 'local' };

describe('the base of a runtime image', () => {
  let engine: FakeImageEngine;
  let lines: string[];
  let made: string[];
  let choice: BaseChoice;
  beforeEach(() => {
    engine = new FakeImageEngine();
    lines = [];
    made = [];
    choice = new BaseChoice(engine, {
      make: (runtime) => {
        made.push(runtime.name);
        return Promise.resolve(localBase);
      },
    });
  });

  function choose(
    runtime: Runtime,
    { force = false, signal }: { force?: boolean; signal?: AbortSignal } = {},
  ): Promise<Base> {
    return choice.choose(runtime, { steps: new Steps((line) => lines.push(line), runtime.name), force, signal });
  }

  it('is the official image that the engine has, without asking a registry', async () => {
    const official = engine.add('node:24-slim');
    expect(await choose(node24)).toEqual({ reference: 'node:24-slim', id: official.id, origin: 'official' });
    expect(engine.pulls).toEqual([]);
  });

  it('is the official image when a registry has it', async () => {
    engine.pullFailure = undefined;
    expect((await choose(node22)).reference).toBe('node:22-slim');
    expect(made).toEqual([]);
  });

  it('is made on this machine when no registry answers, and that is said with the reason', async () => {
    expect(await choose(node24)).toBe(localBase);
    expect(lines.at(-1)).toBe(
      'node24: base is made on this machine, because node:24-slim could not be pulled: no such host',
    );
  });

  it('is not asked of a registry again after a pull has failed', async () => {
    await choose(node24);
    await choose(node22);
    expect(engine.pulls).toEqual(['node:24-slim']);
    expect(made).toEqual(['node24', 'node22']);
  });

  it('is fetched anew when that is forced, and stays what it was when no registry answers', async () => {
    engine.add('node:24-slim');
    expect((await choose(node24, { force: true })).origin).toBe('official');
    expect(engine.pulls).toEqual(['node:24-slim']);
    expect(made).toEqual([]);
  });

  it.each(['unreachable', 'permission_denied'] as const)('is nothing when the engine is %s', async (code) => {
    engine.pullFailure = code;
    await expect(choose(node24)).rejects.toMatchObject({ code });
    expect(made).toEqual([]);
  });

  it('is nothing when the caller gave up during the pull', async () => {
    engine.pullFailure = 'timeout';
    await expect(choose(node24, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'timeout' });
    expect(made).toEqual([]);
  });
});
