import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { docker, until } from '../support/containers.ts';
import { openLocalBuilds, shellBase, type LocalBuilds } from '../support/local-builds.ts';
import { engineHost } from '../support/server.ts';

let local: LocalBuilds;
let context: string;
beforeAll(async () => {
  local = await openLocalBuilds();
});
afterAll(() => local[Symbol.asyncDispose]());
beforeEach(async () => {
  context = await mkdtemp(join(tmpdir(), 'sraas-context-'));
});
afterEach(async () => {
  await rm(context, { recursive: true, force: true });
  await local.removeImages();
});

describe('a build', () => {
  it('of several stages copies from the context and from stages, and tells what it made', async () => {
    await mkdir(join(context, 'src'));
    await writeFile(join(context, 'src', 'hello.sh'), '#!/bin/sh\necho hello\n', { mode: 0o700 });
    await writeFile(join(context, '.dockerignore'), '*.log\n');
    await writeFile(join(context, 'a.log'), '');
    const dockerfile = `FROM BASE AS build
ARG FLAG=on
ENV NAME="a b"
WORKDIR /work
COPY . .
RUN find . -mindepth 1 | sort && ls -ln src/hello.sh && echo "$FLAG" "$NAME" \\
    && ./src/hello.sh > /result
FROM scratch AS other
COPY --from=build /result /
FROM BASE
COPY --from=build /result /result
COPY --from=other /result /again
ENV MODE=fast
WORKDIR /app
USER 1000
ENTRYPOINT ["cat"]
CMD ["/result"]
`;
    const build = await local.build(dockerfile, context);
    expect(build.problem).toBeUndefined();
    const base = await shellBase();
    expect(build.image).toMatchObject({
      command: ['cat', '/result'],
      workingDirectory: '/app',
      environment: { MODE: 'fast' },
      base: expect.stringContaining(`${base} (sha256:`) as string,
    });
    const lines = build.log().split('\n');
    expect(lines).toContain(`Step 1/16: FROM ${base}`);
    const printed = ['./src', './src/hello.sh', 'on a b'];
    expect(lines.filter((line) => printed.includes(line))).toEqual(printed);
    expect(lines.find((line) => line.includes('src/hello.sh') && line.startsWith('-rwxr-xr-x 1 0 0'))).toBeDefined();
    const said = lines.filter((line) => !line.startsWith('Step '));
    expect(said.join('\n')).not.toMatch(/[0-9a-f]{12}|sraas/);
  });

  it('tells its lines as they come, with the line of the Dockerfile that is at work', async () => {
    const build = await local.order('FROM BASE\n\nRUN echo first; sleep 2; echo second\n');
    const heard: { text: string; line: number | undefined; state: string }[] = [];
    build.follow(({ text, line }) => heard.push({ text, line, state: build.state }));
    await build.ended;
    const first = heard.find(({ text }) => text === 'first');
    expect(first).toEqual({ text: 'first', line: 3, state: 'building' });
    expect(heard.map(({ text }) => text)).toContain('second');
  });

  it('of the same recipe is not done twice', async () => {
    const first = await local.build('FROM BASE\nRUN date +%s%N > /when\n');
    const second = await local.build('from  BASE\n# another comment\nRUN date +%s%N > /when\n');
    expect(second.image).toEqual(first.image);
    expect(second.id).not.toBe(first.id);
  });

  it('runs its steps under the limits', async () => {
    const limits = '/sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes';
    const v2 = '/sys/fs/cgroup/memory.max';
    const build = await local.build(
      `FROM BASE\nRUN cat ${limits} 2>/dev/null || cat ${v2}; ulimit -n; ulimit -f; ulimit -c; df -k /dev/shm | tail -1; ls /sys/class/net\n`,
    );
    const lines = build.log().split('\n').slice(2);
    expect(lines.filter((line) => line === '134217728').length).toBeGreaterThan(0);
    // Blocks of 512 bytes.
    expect(lines).toEqual(expect.arrayContaining(['4096', '131072', '0', 'lo']));
    expect(lines).not.toContain('eth0');
    expect(lines.join('\n')).toMatch(/^shm +65536 /m);
  });

  it.each([
    [
      'RUN true && \\\n  exit 7',
      { detail: 'Line 2: RUN true && exit 7: exit code 7.', line: 2, instruction: 'RUN', exitCode: 7 },
    ],
    [
      'COPY missing /x',
      { detail: expect.stringMatching(/^Line 2: COPY missing \/x: what it copies is not there/) as string, line: 2 },
    ],
    [
      'USER nobody-knows\nRUN id',
      { detail: expect.stringMatching(/^Line 3: RUN id: its program could not be started/) as string, line: 3 },
    ],
    ['RUN ["/no/such/program"]', { detail: expect.stringMatching(/^Line 2: RUN /) as string, line: 2 }],
    ['ENV A="open', { detail: expect.stringMatching(/^Line 2: ENV /) as string, line: 2 }],
  ])('that fails with %j says where, and leaves nothing', async (instruction, problem) => {
    const build = await local.build(`FROM BASE\n${instruction}\n`, context);
    expect(build.state).toBe('failed');
    expect(build.problem).toMatchObject(problem);
    expect(build.log()).not.toMatch(/\/var\/lib|overlay2/);
    expect(await local.left()).toEqual([]);
  });

  it('that is cancelled ends at once and leaves nothing', async () => {
    const build = await local.order('FROM BASE\nRUN echo begun; sleep 1000\n');
    await until(() => build.log().includes('begun'), 30_000, 'the step runs');
    build.cancel();
    await build.ended;
    expect(build.state).toBe('cancelled');
    expect(build.problem).toMatchObject({
      detail: 'The build was cancelled. It was at line 2: RUN echo begun; sleep 1000',
      line: 2,
    });
    expect(await local.left()).toEqual([]);
  });

  it('that waits behind another one is cancelled without ever beginning', async () => {
    const running = await local.order('FROM BASE\nRUN sleep 1000\n');
    const waiting = await local.order('FROM BASE\nRUN sleep 2000\n');
    expect(waiting.state).toBe('queued');
    waiting.cancel();
    await waiting.ended;
    running.cancel();
    await running.ended;
    expect(waiting.log()).toBe('The build was cancelled.\n');
    expect(await local.left()).toEqual([]);
  });

  it('has its own labels on every container, whatever labels the Dockerfile sets', async () => {
    const dockerfile =
      'FROM BASE\nLABEL as sraas.build=x\nLABEL a="b sraas.managed=x" c=d\\ sraas.instance=x\nRUN sleep 3\n';
    const build = await local.order(dockerfile);
    const seen: Record<string, string>[] = [];
    const look = async (): Promise<boolean> => {
      const found = await docker.listContainers({ filters: { label: [`sraas.build=${build.id}`] } });
      seen.push(...found.map(({ Labels }) => Labels));
      return build.endedAt !== undefined;
    };
    await until(look, 50_000, 'the build has ended');
    expect(build.problem).toBeUndefined();
    expect(seen.length).toBeGreaterThan(0);
    const ours = { 'sraas.managed': 'build', 'sraas.instance': local.instanceId, 'sraas.build': build.id };
    for (const labels of seen) expect(labels).toMatchObject(ours);
    expect(seen.at(-1)).toMatchObject({ as: 'sraas.build=x', a: 'b sraas.managed=x', c: 'd sraas.instance=x' });
  });
});

describe('a server that is killed in the middle of a build', () => {
  it('has nothing of it left once it has started again', async () => {
    const program = join(import.meta.dirname, '..', 'fixtures', 'programs', 'builds-for-ever.mts');
    const given = [engineHost, local.instanceId, await shellBase()];
    const child = spawn(process.execPath, ['--import', 'tsx', program, ...given], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect((await local.left()).filter((what) => what.startsWith('container'))).toHaveLength(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const again = async (): Promise<boolean> => {
      await using started = await openLocalBuilds({}, { instanceId: local.instanceId });
      return (await started.left()).length === 0;
    };
    expect(await again()).toBe(true);
    // The engine has had time to notice, and to make what nobody would remove.
    await until(again, 5000, 'nothing is there that came later');
  });
});

describe('a server that starts again', () => {
  it('removes what its earlier run left of builds, and nothing of another server', async () => {
    const base = await shellBase();
    const labels = (instance: string) => ({
      'sraas.managed': 'build',
      'sraas.instance': instance,
      'sraas.build': 'old',
    });
    const mine = await docker.createContainer({
      Image: base,
      Cmd: ['sleep', '1000'],
      Labels: labels(local.instanceId),
    });
    const theirs = await docker.createContainer({ Image: base, Cmd: ['sleep', '1000'], Labels: labels('another') });
    try {
      await mine.start();
      await mine.commit({ changes: `LABEL x=y` });
      expect((await local.left()).length).toBe(2);
      await using again = await openLocalBuilds({}, { instanceId: local.instanceId });
      expect(await again.left()).toEqual([]);
      expect((await theirs.inspect()).State.Status).toBe('created');
    } finally {
      await theirs.remove({ force: true });
    }
  });
});
