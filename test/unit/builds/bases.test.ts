import { describe, expect, it } from 'vitest';
import { Bases } from '../../../src/builds/bases.ts';
import { planDockerfile } from '../../../src/builds/dockerfile/policy.ts';
import { FakeBuildEngine, imageNamed } from './fake-build-engine.ts';

function open({ pulls = true, registries = [] as readonly string[] } = {}) {
  const engine = new FakeBuildEngine();
  const bases = new Bases({ engine, buildEngine: engine, pulls, registries, architecture: 'amd64' });
  return { engine, bases, resolve: (dockerfile: string) => bases.resolve(planDockerfile(dockerfile, 'amd64')) };
}

describe('the bases of a Dockerfile', () => {
  it('are those that the engine has, with the tag that is meant', async () => {
    const { engine, resolve } = open();
    engine.images.push(imageNamed('debian:latest'), imageNamed('a.example/b:1'));
    const found = await resolve('FROM debian AS x\nFROM a.example/b:1\nFROM scratch\nFROM x');
    expect([...found.keys()]).toEqual(['debian', 'a.example/b:1']);
    expect(found.get('debian')?.id).toBe(imageNamed('debian:latest').id);
    expect(engine.pulls).toEqual([]);
  });

  it('are fetched when they are missing, once for all who ask at a time', async () => {
    const { engine, resolve } = open();
    engine.pullFailure = undefined;
    await Promise.all([resolve('FROM debian'), resolve('FROM debian:latest')]);
    expect(engine.pulls).toEqual(['debian:latest']);
  });

  it('that no registry has are told by line, and not asked for again at once', async () => {
    const { engine, resolve } = open();
    await expect(resolve('FROM scratch\nFROM debian:12')).rejects.toMatchObject({
      code: 'RUNTIME_NOT_READY',
      message:
        'Line 2: FROM needs the image "debian:12", which the engine does not have, and no registry that answers has it: load it there, or build on another one.',
    });
    await expect(resolve('FROM debian:12')).rejects.toMatchObject({ code: 'RUNTIME_NOT_READY' });
    expect(engine.pulls).toEqual(['debian:12']);
  });

  it('are never fetched from addresses that nobody has allowed', async () => {
    const { engine, resolve } = open({ registries: ['good.example:5000'] });
    for (const host of ['169.254.169.254', 'localhost:5000', 'localhost', 'attacker.example', '127.0.0.1:2375']) {
      await expect(resolve(`FROM ${host}/x`)).rejects.toMatchObject({ code: 'RUNTIME_NOT_READY' });
    }
    expect(engine.pulls).toEqual([]);
    engine.pullFailure = undefined;
    await resolve('FROM good.example:5000/x');
    expect(engine.pulls).toEqual(['good.example:5000/x:latest']);
  });

  it('are never fetched at all where the operator wants none', async () => {
    const { engine, resolve } = open({ pulls: false });
    await expect(resolve('FROM debian')).rejects.toMatchObject({ code: 'RUNTIME_NOT_READY' });
    expect(engine.pulls).toEqual([]);
  });

  it('R23: are asked for again when somebody wants that, also those that are there, where that is allowed', async () => {
    const { engine, bases, resolve } = open();
    engine.images.push(imageNamed('debian:latest'));
    expect(await bases.refresh('debian')).toBe(false);
    expect((await resolve('FROM debian')).size).toBe(1);
    const { engine: other, bases: answered } = open();
    other.pullFailure = undefined;
    expect(await answered.refresh('debian')).toBe(true);
    expect(await answered.refresh('debian')).toBe(true);
    expect(await answered.refresh('bad.example/x')).toBe(false);
    expect(other.pulls).toEqual(['debian:latest', 'debian:latest']);
    expect(await open({ pulls: false }).bases.refresh('debian')).toBe(false);
  });

  it('cannot be named by an id, or the beginning of one', async () => {
    const { engine, resolve } = open();
    const image = imageNamed('secret:1');
    engine.images.push(image);
    for (const name of [image.id.slice(7), image.id.slice(7, 19), image.id]) {
      await expect(resolve(`FROM ${name}`)).rejects.toMatchObject({
        code: expect.stringMatching(/BUILD_REFUSED|RUNTIME_NOT_READY/) as string,
      });
    }
  });

  it('are refused with ONBUILD, volumes, or another processor, all of them at once', async () => {
    const { engine, resolve } = open();
    engine.images.push({ ...imageNamed('a:1'), triggers: ['RUN id'] });
    engine.images.push({ ...imageNamed('b:1'), volumes: ['/data'], architecture: 'arm64' });
    await expect(resolve('FROM a:1\nFROM b:1')).rejects.toMatchObject({
      code: 'BUILD_REFUSED',
      violations: [
        { message: 'Line 1: FROM names "a:1", which has ONBUILD instructions; build on another one.' },
        { message: 'Line 2: FROM names "b:1", which declares volumes (/data); build on another one.' },
        { message: 'Line 2: FROM names "b:1", which is for linux/arm64, not for linux/amd64.' },
      ],
    });
  });

  it('are not missing only because the engine is away', async () => {
    const { engine, resolve } = open();
    engine.pullFailure = 'unreachable';
    await expect(resolve('FROM debian')).rejects.toMatchObject({ name: 'EngineError', code: 'unreachable' });
  });
});
