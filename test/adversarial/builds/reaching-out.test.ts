// BL-01 to BL-08, BL-19, BL-26: a Dockerfile tries to reach what is not its own: the host, the engine, other builds, what the server
// knows, files beside the context.
// Barriers: the policy, the engine's own walls around steps, no cache, no build arguments. Expected: refused, or nothing found.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openLocalBuilds, type LocalBuilds } from '../../support/local-builds.ts';

let local: LocalBuilds;
beforeAll(async () => {
  local = await openLocalBuilds();
});
afterEach(() => local.removeImages());
afterAll(() => local[Symbol.asyncDispose]());

const secretVariable = 'SRAAS_TEST_BUILD_SECRET';

describe('a Dockerfile that fetches', () => {
  it.each([
    'ADD http://127.0.0.1:PORT/a /x',
    'add http://127.0.0.1:PORT/a /x',
    'A\\\nDD http://127.0.0.1:PORT/a /x',
    'ADD --checksum=sha256:0 http://127.0.0.1:PORT/a /x',
    'ADD git@127.0.0.1:PORT/a.git /x',
    'ADD ["http://127.0.0.1:PORT/a", "/x"]',
    'COPY http://127.0.0.1:PORT/a /x',
    'COPY --from=127.0.0.1:PORT/image /a /b',
    'FROM 127.0.0.1:PORT/image',
    'FROM localhost:PORT/image',
    'ARG A=127.0.0.1:PORT/image\nFROM $A',
    'RUN --mount=from=127.0.0.1:PORT/image,target=/x true',
    'ONBUILD ADD http://127.0.0.1:PORT/a /x',
  ])('by %j is refused before anybody is asked', async (instruction) => {
    let requests = 0;
    const canary = createServer((_request, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
    const { port } = canary.address() as AddressInfo;
    try {
      const dockerfile = `FROM BASE\n${instruction.replaceAll('PORT', String(port))}\n`;
      await expect(local.order(dockerfile)).rejects.toThrow(/^Line \d: /);
      await expect(local.order(`# syntax=127.0.0.1:${port}/x\nFROM BASE\n`)).rejects.toThrow(/^Line 1: /);
      expect(requests).toBe(0);
    } finally {
      await new Promise((resolve) => canary.close(resolve));
    }
  });
});

describe('a step', () => {
  it.each(['none', 'default'] as const)(
    'with the network %s reaches neither the engine nor what listens on the host’s loopback',
    async (network) => {
      await using builds = await openLocalBuilds({ network });
      const canary = createServer((_request, response) => response.end('secret'));
      await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
      const { port } = canary.address() as AddressInfo;
      try {
        const program = `use IO::Socket::INET; print IO::Socket::INET->new(PeerAddr => "127.0.0.1:${port}", Timeout => 2) ? "reached" : "refused", "\\n"`;
        const build = await builds.build(
          `FROM BASE\nRUN ["perl", "-e", ${JSON.stringify(program)}]\nRUN find / -xdev -type s; find / -xdev -name "docker*.sock"; cat /proc/net/unix | wc -l\n`,
        );
        expect(build.problem).toBeUndefined();
        expect(build.log().split('\n')).toContain('refused');
        const printed = build
          .log()
          .split('\n')
          .filter((line) => !line.startsWith('Step '));
        expect(printed.join('\n')).not.toMatch(/reached|\.sock/);
      } finally {
        await new Promise((resolve) => canary.close(resolve));
      }
    },
  );

  it('sees nothing of the server’s environment, and no secret of a build argument is in the image', async () => {
    process.env[secretVariable] = 'server-secret';
    try {
      const build = await local.build(
        'FROM BASE\nARG TOKEN=argument-secret\nRUN env; cat /proc/1/environ; cat /proc/*/cmdline\n',
      );
      expect(build.log()).not.toContain('server-secret');
      expect(JSON.stringify(build.image?.environment)).not.toContain('secret');
    } finally {
      Reflect.deleteProperty(process.env, secretVariable);
    }
  });

  it('has no more than the engine’s own capabilities for builds, and cannot mount', async () => {
    const build = await local.build(
      'FROM BASE\nRUN grep CapEff /proc/self/status; mount -t tmpfs none /mnt && echo mounted; ls /dev\n',
    );
    expect(build.problem).toBeUndefined();
    // Docker's default list; a privileged container has every bit.
    expect(build.log()).toContain('00000000a80425fb');
    expect(build.log()).not.toMatch(/^mounted$/m);
    expect(build.log()).not.toMatch(/^(sda|kmsg|mem|kvm)$/m);
  });
});

describe('a COPY', () => {
  it('finds nothing outside the context, by dots, by absolute paths or by links of a stage', async () => {
    const context = await mkdtemp(join(tmpdir(), 'sraas-context-'));
    try {
      await writeFile(join(context, 'a'), 'a');
      await expect(local.order('FROM BASE\nCOPY ../../etc/passwd /x\n', context)).rejects.toThrow(
        /outside the build context/,
      );
      const absolute = await local.build('FROM BASE\nCOPY /etc/shadow /x\n', context);
      expect(absolute.problem).toMatchObject({ line: 2, instruction: 'COPY' });
      const dots = `${'../'.repeat(20)}etc/hostname`;
      const link = await local.build(
        `FROM BASE AS one\nRUN ln -s ${dots} /leak && ln -s / /root-link && rm -f /etc/hostname || true\nFROM BASE\nCOPY --from=one /leak /x\nRUN cat /x\n`,
        context,
      );
      expect(link.log().split('\n')).not.toContain(hostname());
    } finally {
      await rm(context, { recursive: true, force: true });
    }
  });

  it('does not see the Dockerfile that the engine was given', async () => {
    const context = await mkdtemp(join(tmpdir(), 'sraas-context-'));
    try {
      await writeFile(join(context, 'Dockerfile'), 'FROM the-user\n');
      const build = await local.build('FROM BASE\nCOPY . /x\nRUN ls -A /x; cat /x/Dockerfile\n', context);
      expect(build.log().trimEnd().split('\n').slice(-2)).toEqual(['Dockerfile', 'FROM the-user']);
    } finally {
      await rm(context, { recursive: true, force: true });
    }
  });
});

describe('other builds', () => {
  it('leave no step that is used again, so a poisoned one is of no use', async () => {
    const first = await local.build('FROM BASE\nRUN cat /proc/sys/kernel/random/uuid > /n\nRUN cat /n\n');
    const second = await local.build('FROM BASE\nRUN cat /proc/sys/kernel/random/uuid > /n\nRUN cat /n # again\n');
    const numbers = [first, second].map((build) => build.log().trimEnd().split('\n').at(-1));
    expect(numbers[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(numbers[1]).not.toBe(numbers[0]);
  });

  it('are bounded in number, and those beyond are told when to come again', async () => {
    const orders = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => local.order(`FROM BASE\nRUN sleep 100${index}\n`)),
    );
    const refused = orders.flatMap((order) => (order.status === 'rejected' ? [order.reason as unknown] : []));
    expect(refused).toHaveLength(14);
    for (const error of refused) expect(error).toMatchObject({ code: 'QUEUE_FULL', retryAfterSeconds: 15 });
    const builds = orders.flatMap((order) => (order.status === 'fulfilled' ? [order.value] : []));
    for (const build of builds) build.cancel();
    await Promise.all(builds.map(({ ended }) => ended));
    expect(await local.left()).toEqual([]);
  });
});
