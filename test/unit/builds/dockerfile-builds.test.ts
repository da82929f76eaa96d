import { describe, expect, it, vi } from 'vitest';
import { DockerfileBuilds, type DockerfileBuildsOptions } from '../../../src/builds/dockerfile-builds.ts';
import type { Build } from '../../../src/builds/image-build.ts';
import { EngineError } from '../../../src/engine/engine-error.ts';
import type { ContainerId } from '../../../src/engine/engine.ts';
import { FakeBuildEngine, imageNamed } from './fake-build-engine.ts';

const recipe = (dockerfile: string) => ({ dockerfile, contextDirectory: undefined, contextHash: undefined });

function open(changes: Partial<DockerfileBuildsOptions> = {}) {
  const engine = new FakeBuildEngine();
  engine.images.push(imageNamed('debian:12'));
  const failures: string[] = [];
  const builds = new DockerfileBuilds({
    engine,
    buildEngine: engine,
    instanceId: 'server-1',
    architecture: 'amd64',
    limits: limitsWith({}),
    enabled: true,
    maxBuilds: 1,
    queueLength: 1,
    pulls: false,
    registries: [],
    clock: () => new Date(),
    onFailure: (message) => failures.push(message),
    ...changes,
  });
  return { engine, builds, failures };
}

async function ended(build: Build): Promise<Pick<Build, 'state' | 'problem' | 'image'>> {
  await build.ended;
  const { state, problem, image } = build;
  return { state, problem, image };
}

describe('a build', () => {
  it('gives the engine a Dockerfile of ours, under the limits, and ends with a checked image', async () => {
    const { engine, builds, failures } = open();
    const build = await builds.order(recipe('FROM debian:12\nRUN make\n'));
    expect(build.state).toBe('building');
    const run = await engine.nextRun();
    const ours = `LABEL sraas.managed="build" sraas.instance="server-1" sraas.build="${build.id}"`;
    expect((await run.dockerfile).split('\n')).toEqual([
      `FROM ${imageNamed('debian:12').id} AS stage-0`,
      ours,
      'RUN make',
      expect.stringMatching(
        /^LABEL sraas\.managed="image" sraas\.build-recipe="[0-9a-f]{64}" sraas\.build-base="debian:12 \(sha256:/,
      ),
      '',
    ]);
    expect(run.order).toMatchObject({
      reference: `sraas/built:${build.id}`,
      network: 'none',
      limits: { memoryBytes: 1_048_576, cpus: 1, cgroupParent: '/builds', fileBytes: 1_048_576 },
    });
    await run.output('Step 1/4 : FROM x');
    await run.output('\n');
    const image = await engine.succeed(run);
    expect(await ended(build)).toMatchObject({ state: 'succeeded', image: { imageId: image.id } });
    expect(build.log()).toBe('Step 1/2: FROM debian:12\n');
    expect(failures).toEqual([]);
  });

  it('that failed says the line, the instruction and the exit code, in the log as well', async () => {
    const { engine, builds } = open();
    const build = await builds.order(recipe('FROM debian:12\n\nRUN make\n'));
    const run = await engine.nextRun();
    for (const [index, step] of ['FROM x', 'LABEL x', 'RUN make'].entries()) {
      await run.output(`Step ${index + 1}/4 : ${step}`);
      await run.output('\n');
    }
    run.end({ end: 'failed', message: "The command '/bin/sh -c make' returned a non-zero code: 2", exitCode: 2 });
    const { state, problem } = await ended(build);
    expect({ state, problem }).toEqual({
      state: 'failed',
      problem: { detail: 'Line 3: RUN make: exit code 2.', line: 3, instruction: 'RUN', exitCode: 2 },
    });
    expect(build.log().trimEnd().split('\n').at(-1)).toBe('Line 3: RUN make: exit code 2.');
  });

  it('leaves no container and no image when it failed, and none of stages', async () => {
    const { engine, builds } = open();
    const build = await builds.order(recipe('FROM debian:12\nRUN make\n'));
    const run = await engine.nextRun();
    const labels = { 'sraas.managed': 'build', 'sraas.instance': 'server-1', 'sraas.build': build.id };
    const others = { ...labels, 'sraas.instance': 'server-2' };
    engine.containers.push({ id: 'step' as ContainerId, labels, running: true, writtenBytes: 0, processes: 1 });
    engine.containers.push({
      id: 'foreign' as ContainerId,
      labels: others,
      running: true,
      writtenBytes: 0,
      processes: 1,
    });
    engine.between.push({ id: 'first', parentId: 'base', references: [], labels, sizeBytes: 1 });
    engine.between.push({ id: 'second', parentId: 'first', references: [], labels, sizeBytes: 1 });
    engine.between.push({ id: 'other', parentId: 'base', references: [], labels: others, sizeBytes: 1 });
    run.end({ end: 'failed', message: 'x', exitCode: 1 });
    await build.ended;
    expect(engine.containers.map(({ id }) => id)).toEqual(['foreign']);
    expect(engine.between.map(({ id }) => id)).toEqual(['other']);
  });

  it('whose image is refused has failed, and the image is gone', async () => {
    const { engine, builds } = open();
    const build = await builds.order(recipe('FROM debian:12\n'));
    const run = await engine.nextRun();
    const image = { ...imageNamed(run.order.reference), volumes: ['/x'] };
    engine.images.push(image);
    run.end({ end: 'built', imageId: image.id });
    expect(await ended(build)).toMatchObject({
      state: 'failed',
      problem: { detail: expect.stringContaining('volumes') as string },
    });
    expect(engine.images.map(({ references }) => references)).toEqual([['debian:12']]);
  });

  it('that takes too long is cut off', async () => {
    const { builds } = open({ limits: limitsWith({ timeoutMs: 50 }) });
    const build = await builds.order(recipe('FROM debian:12\n'));
    expect(await ended(build)).toMatchObject({
      state: 'failed',
      problem: { detail: 'The build took longer than 0.05 s.' },
    });
  });

  it('during which the engine goes away says so', async () => {
    const { engine, builds } = open();
    const build = await builds.order(recipe('FROM debian:12\n'));
    (await engine.nextRun()).fail(new EngineError('unreachable', 'socket hang up at /var/run/x'));
    const { problem } = await ended(build);
    expect(problem).toEqual({ detail: 'The container engine failed or went away during the build; try again.' });
  });

  it('is stopped when the engine counts other steps than were written', async () => {
    const { engine, builds } = open();
    const build = await builds.order(recipe('FROM debian:12\n'));
    await (await engine.nextRun()).output('Step 1/9 : FROM x\n');
    expect((await ended(build)).problem?.detail).toMatch(/^The engine reads this Dockerfile differently/);
  });
});

function limitsWith(changes: Partial<DockerfileBuildsOptions['limits']>): DockerfileBuildsOptions['limits'] {
  return {
    timeoutMs: 60_000,
    memoryBytes: 1_048_576,
    cpus: 1,
    processes: 10,
    diskBytes: 1_048_576,
    imageBytes: 1_048_576,
    logBytes: 100_000,
    context: { maxBytes: 1000, maxEntries: 10 },
    network: 'none',
    cgroupParent: '/builds',
    ...changes,
  };
}

describe('builds of one server', () => {
  it('join the one of the same recipe that is under way', async () => {
    const { engine, builds } = open();
    const first = await builds.order(recipe('FROM debian:12\nRUN a\n'));
    const second = await builds.order(recipe('from debian:12\n# same\nRUN a\n'));
    expect(second).toBe(first);
    expect(engine.runs).toHaveLength(1);
  });

  it('are at once what was built before, until that image is removed', async () => {
    const { engine, builds } = open();
    const first = await builds.order(recipe('FROM debian:12\n'));
    const image = await engine.succeed(await engine.nextRun());
    await first.ended;
    const second = await builds.order(recipe('FROM debian:12\n'));
    expect(await ended(second)).toMatchObject({ state: 'succeeded', image: { imageId: image.id } });
    expect(engine.runs).toHaveLength(1);
    await builds.removeImage(image.id);
    expect(engine.images.map(({ references }) => references)).toEqual([['debian:12']]);
    expect((await builds.order(recipe('FROM debian:12\n'))).state).toBe('building');
  });

  it('look for the image that is known before they search, and search when that one will not do', async () => {
    const { engine, builds } = open();
    const first = await builds.order(recipe('FROM debian:12\n'));
    const image = await engine.succeed(await engine.nextRun());
    await first.ended;
    const search = vi.spyOn(engine, 'builtImages');
    const known = await builds.order(recipe('FROM debian:12\n'), () => Promise.resolve(image.id));
    expect(await ended(known)).toMatchObject({ state: 'succeeded', image: { imageId: image.id } });
    expect(search).not.toHaveBeenCalled();
    const unusable = engine.images.find(({ references }) => references.includes('debian:12'));
    const searched = await builds.order(recipe('FROM debian:12\n'), () => Promise.resolve(unusable?.id));
    expect(await ended(searched)).toMatchObject({ image: { imageId: image.id } });
    expect(search).toHaveBeenCalledTimes(1);
  });

  it('are not taken from images that only claim to be of the recipe', async () => {
    const { engine, builds } = open();
    const hash = await builds.recipeHash(recipe('FROM debian:12\n'));
    const labels = { 'sraas.managed': 'image', 'sraas.instance': 'server-1', 'sraas.build-recipe': hash };
    engine.images.push(imageNamed('evil/poison:1', labels));
    expect((await builds.order(recipe('FROM debian:12\n'))).state).toBe('building');
  });

  it('wait for their turn, in a queue that is bounded', async () => {
    const { engine, builds } = open();
    const first = await builds.order(recipe('FROM debian:12\nRUN a\n'));
    const second = await builds.order(recipe('FROM debian:12\nRUN b\n'));
    expect([first.state, second.state]).toEqual(['building', 'queued']);
    const third = builds.order(recipe('FROM debian:12\nRUN c\n'));
    await expect(third).rejects.toMatchObject({ code: 'QUEUE_FULL', retryAfterSeconds: expect.any(Number) as number });
    await engine.succeed(await engine.nextRun());
    await first.ended;
    await engine.succeed(await engine.nextRun());
    expect(await ended(second)).toMatchObject({ state: 'succeeded' });
  });

  it('are cancelled while they wait and while they run, and make room', async () => {
    const { engine, builds } = open();
    const first = await builds.order(recipe('FROM debian:12\nRUN a\n'));
    const second = await builds.order(recipe('FROM debian:12\nRUN b\n'));
    second.cancel();
    expect(await ended(second)).toMatchObject({ state: 'cancelled', problem: { detail: 'The build was cancelled.' } });
    first.cancel();
    expect(await ended(first)).toMatchObject({ state: 'cancelled' });
    first.cancel();
    const again = await builds.order(recipe('FROM debian:12\nRUN a\n'));
    expect(again.state).toBe('building');
    expect(engine.runs).toHaveLength(2);
  });

  it('end when the server stops, and no more are taken', async () => {
    const { builds } = open();
    const first = await builds.order(recipe('FROM debian:12\nRUN a\n'));
    const second = await builds.order(recipe('FROM debian:12\nRUN b\n'));
    await builds.close();
    expect([first.state, second.state]).toEqual(['cancelled', 'cancelled']);
    expect(first.problem?.detail).toBe('The server stopped before the build ended.');
    await expect(builds.order(recipe('FROM debian:12\n'))).rejects.toMatchObject({ code: 'DRAINING' });
  });

  it('are refused where the operator wants none', async () => {
    const { builds } = open({ enabled: false });
    await expect(builds.order(recipe('FROM debian:12\n'))).rejects.toMatchObject({ code: 'BUILD_REFUSED' });
  });

  it('need files when they copy some', async () => {
    const { builds } = open();
    await expect(builds.order(recipe('FROM debian:12\nCOPY a b\n'))).rejects.toMatchObject({
      code: 'BUILD_REFUSED',
      violations: [{ message: 'Line 2: COPY needs files, and none came with the Dockerfile.' }],
    });
  });

  it('remove at the start what an earlier run of the same server left, finished images aside', async () => {
    const { engine, builds } = open();
    const labels = { 'sraas.managed': 'build', 'sraas.instance': 'server-1', 'sraas.build': 'old' };
    engine.containers.push({ id: 'old' as ContainerId, labels, running: true, writtenBytes: 0, processes: 1 });
    engine.between.push({ id: 'old', parentId: '', references: [], labels, sizeBytes: 1 });
    engine.images.push(imageNamed('sraas/built:old', { ...labels, 'sraas.managed': 'image' }));
    expect(await builds.open()).toBe(2);
    expect(engine.images.map(({ references }) => references[0])).toEqual(['debian:12', 'sraas/built:old']);
  });

  it('are cleaned up after later, when the engine is away at the end of one', async () => {
    const { engine, builds, failures } = open();
    const build = await builds.order(recipe('FROM debian:12\n'));
    const run = await engine.nextRun();
    const list = engine.list.bind(engine);
    engine.list = () => Promise.reject(new EngineError('unreachable', 'away'));
    run.end({ end: 'failed', message: '', exitCode: 1 });
    await build.ended;
    expect(failures).toEqual(['What a build left on the engine could not be removed yet']);
    engine.list = list;
    expect(await builds.open()).toBe(0);
  });
});
