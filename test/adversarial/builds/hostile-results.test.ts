// BL-13, BL-20, IS-37 to IS-47: images that try to be more than files: setuid programs, names of users, entry points, health checks,
// variables for the loader, volumes, triggers, labels of ours, many layers.
// Barriers: checks of bases and results; a sandbox's container decides everything an image could. Expected: refused with a sentence, or
// without any effect in a sandbox.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerSpec } from '../../../src/engine/container.ts';
import { postureDifferences } from '../../../src/sandboxes/posture.ts';
import { docker, engine } from '../../support/containers.ts';
import { openLocalBuilds, shellBase, type LocalBuilds } from '../../support/local-builds.ts';
import { perlProbe, sandboxSpec, startContainer, stopped } from '../../support/probe.ts';

let local: LocalBuilds;
const reference = `sraas-test/hostile:${randomUUID()}`;
beforeAll(async () => {
  local = await openLocalBuilds();
});
afterEach(async () => {
  await engine.removeImage(reference);
  await local.removeImages();
});
afterAll(() => local[Symbol.asyncDispose]());

/** An image as somebody with access to the engine makes it, past every check. */
async function commitImage(...changes: readonly string[]): Promise<string> {
  const container = await docker.createContainer({ Image: await shellBase(), Cmd: ['true'] });
  try {
    const [repo = '', tag = ''] = reference.split(':');
    const made = (await container.commit({ repo, tag, changes: changes.join('\n') })) as { Id: string };
    return made.Id;
  } finally {
    await container.remove({ force: true });
  }
}

async function specWith(image: string): Promise<{ spec: ContainerSpec } & AsyncDisposable> {
  const probe = await sandboxSpec();
  return { spec: { ...probe.spec, image }, [Symbol.asyncDispose]: () => probe[Symbol.asyncDispose]() };
}

describe('a base', () => {
  it.each([
    ['ONBUILD RUN touch /evil', /ONBUILD/],
    ['VOLUME /data', /volumes \(\/data\)/],
  ])('with %s is refused before anything runs', async (change, expected) => {
    await commitImage(change);
    await expect(local.order(`FROM ${reference}\nRUN true\n`)).rejects.toThrow(expected);
  });

  it('cannot be named by the id of an image that is not meant for others', async () => {
    const id = await commitImage('LABEL a=b');
    await engine.removeImage(`sraas-test/none:${randomUUID()}`);
    for (const name of [id, id.replace('sha256:', ''), id.replace('sha256:', '').slice(0, 12)]) {
      await expect(local.order(`FROM ${name}\n`)).rejects.toThrow(/^Line 1: FROM /);
    }
  });

  it('cannot be an image that was built here, by its name', async () => {
    const build = await local.build('FROM BASE\nRUN echo secret > /secret\n');
    await expect(local.order(`FROM sraas/built:${build.id}\n`)).rejects.toThrow(/was built here/);
  });

  it('with labels of ours gives no build, container or image another owner', async () => {
    await commitImage('LABEL sraas.managed=image sraas.instance=somebody sraas.build=else sraas.build-recipe=x');
    const build = await local.build(`FROM ${reference}\nRUN true\n`);
    const image = await engine.findImage(build.image?.imageId ?? '');
    expect(image?.labels).toMatchObject({ 'sraas.instance': local.instanceId, 'sraas.build': build.id });
    expect(image?.labels['sraas.build-recipe']).toBe(build.recipeHash);
  });
});

describe('an image', () => {
  it('with setuid programs and users of its own gives a sandbox no more rights', async () => {
    const build = await local.build(
      `FROM BASE
RUN cp /usr/bin/perl /suid && chmod 6755 /suid && echo 'me:x:0:0::/:/bin/sh' >> /etc/passwd && rm -f /etc/shadow && chmod -R a+rwX /etc
USER me
`,
    );
    await using probe = await specWith(build.image?.imageId ?? '');
    const source = `exec "/suid", "-e", q{ $> = 0; exit($> == 0 || $< == 0 || $) =~ /\\b0\\b/ ? 0 : ${stopped}) }`;
    expect((await perlProbe(probe.spec, source)).exitCode).toBe(stopped);
  });

  it('with an entry point, a user, a signal, a health check and variables decides nothing about a sandbox', async () => {
    const image = await commitImage(
      ...['ENTRYPOINT ["/bin/sleep"]', 'CMD ["1"]', 'USER root', 'HEALTHCHECK --interval=1s CMD touch /tmp/x'],
      ...[
        'ENV PATH=/evil NODE_OPTIONS=--require=/evil.js LD_PRELOAD=/evil.so LD_LIBRARY_PATH=/evil',
        'WORKDIR /proc/1',
        'EXPOSE 80',
      ],
      ...['LABEL sraas.managed=sandbox sraas.instance=somebody'],
    );
    await using probe = await specWith(image);
    const spec = { ...probe.spec, command: ['/usr/bin/perl', '-e', 'sleep 60'] };
    await using container = await startContainer(spec);
    const recorded = await engine.inspect(container.id as Parameters<typeof engine.inspect>[0], spec);
    expect(postureDifferences(spec, recorded)).toEqual([]);
    expect(recorded.running).toBe(true);
  });

  it('with a volume is seen for what it is, were one ever to get so far', async () => {
    const image = await commitImage('VOLUME /data');
    await using probe = await specWith(image);
    const spec = { ...probe.spec, command: ['/usr/bin/perl', '-e', 'sleep 60'] };
    await using container = await startContainer(spec);
    const recorded = await engine.inspect(container.id as Parameters<typeof engine.inspect>[0], spec);
    expect(postureDifferences(spec, recorded).join('\n')).toMatch(/Volumes/);
  });

  it('that sets variables of the loader is not kept', async () => {
    const build = await local.build('FROM BASE\nENV LD_AUDIT=/x.so\n');
    expect(build.problem?.detail).toMatch(/sets LD_AUDIT/);
  });

  it('of too many layers, with those of its base, is not kept', async () => {
    const tall = await local.build(`FROM BASE\n${'RUN true > /x\n'.repeat(10)}`);
    expect(tall.image?.layers).toBe(11);
    await expect(local.order(`FROM BASE\n${'RUN true\n'.repeat(65)}`)).rejects.toThrow(/65th layer/);
  });

  it('that is too large is not kept', async () => {
    await using small = await openLocalBuilds({ imageBytes: 1_000_000 });
    const build = await small.build('FROM BASE\n');
    expect(build.problem?.detail).toMatch(/at most 1 MB are kept/);
    expect(await small.left()).toEqual([]);
  });
});
