// IS-01, 02, 04, 05, 07, 08, 10, 11, 13, 14, 16, 17, 19, 20, 23, 32, 34, 35: what user code tries on its walls, by system calls of
// every kind, from JavaScript, from a thread, from a shell and from a native program.
// Barrier: each wall of the container. Expected: every probe is stopped; IS-51: the same probes work where there are no walls.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';
import { attackFiles } from '../support/attack-files.ts';
import { sandboxSpec } from '../support/probe.ts';
import { probeWithoutWalls, type ProbeFacts, type ProbeReport } from '../support/weak-container.ts';
import { serverKinds } from '../support/server-kinds.ts';

const secretVariable = 'SRAAS_TEST_PROBES_SECRET';

describe.each(serverKinds)('on a server that $title', ({ settings }) => {
  let arena: Arena;
  let facts: ProbeFacts;
  beforeAll(async () => {
    const secret = randomUUID();
    process.env[secretVariable] = secret;
    arena = await openArena(settings);
    // In the store, as another function's.
    await arena.client.deploy(
      'secretive',
      { runtime: 'node24', handler: 'main.handler', env: { TOKEN: secret } },
      { files: { 'main.mjs': 'export const handler = () => 1' } },
    );
    facts = {
      ports: [Number(new URL(arena.url).port), 2375, 2376, 5432],
      names: ['host.docker.internal', 'gateway.docker.internal'],
      secret: [secret.slice(0, 18), secret.slice(18)],
      ownSockets: ['/run/sraas/channel.sock'],
    };
  });
  afterEach(() => arena.aftermath());
  afterAll(async () => {
    Reflect.deleteProperty(process.env, secretVariable);
    await arena[Symbol.asyncDispose]();
  });

  /** What not every kernel has; a probe of it shows nothing where it is missing. */
  const mayBeAbsent = new Set([
    ...['finit_module', 'init_module', 'ioperm', 'iopl', 'kexec_load', 'lookup_dcookie', 'memfd_secret'],
    ...['socket_alg', 'socket_bluetooth', 'socket_key', 'socket_vsock', 'socketcall_alg', 'userfaultfd'],
  ]);
  const mayBeAbsentHere = [
    ...[...mayBeAbsent].map((name) => `system call ${name}`),
    ...['writes to the sysrq trigger', 'writes below /proc/bus', 'writes below /proc/fs'],
    ...['reads addresses of the kernel', 'leaves a core file'],
  ];

  describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
    it('every probe is stopped', async () => {
      const source = await attackFiles(
        `import { runProbes } from './probes.mjs'; export const handler = (facts) => runProbes(facts)`,
        'probes.mjs',
        'calls.pl',
      );
      const { result, error } = await arena.run(source, {
        event: facts,
        config: { isolation, limits: { timeout_ms: 30_000 } },
      });
      expect(error).toBeNull();
      const { worked, stopped } = result as ProbeReport;
      expect(worked).toEqual({});
      expect(Object.keys(stopped).length).toBeGreaterThan(95);
    });
  });

  it('IS-51: without walls, every probe works', async () => {
    await using base = await sandboxSpec();
    const { worked, stopped, absent } = await probeWithoutWalls(base.spec.image, facts);
    expect(stopped).toEqual({});
    expect(Object.keys(absent).filter((name) => !mayBeAbsentHere.includes(name))).toEqual([]);
    expect(Object.keys(worked).length).toBeGreaterThan(85);
  });

  it('IS-35: no process of a sandbox leaves a core file with the host', async () => {
    const reply = await arena.run(
      `import { spawnSync } from 'node:child_process'; import fs from 'node:fs';
     export const handler = () => [spawnSync('/bin/sh', ['-c', 'ulimit -c; kill -SEGV $$'], { cwd: '/tmp', encoding: 'utf8' }), fs.readdirSync('/tmp')]`,
    );
    expect(reply.result).toMatchObject([{ signal: 'SIGSEGV', stdout: '0\n' }, []]);
  });

  it('IS-20: a look-up fails at once, by the C library and by Node’s own resolver', async () => {
    const reply = await arena.run(
      `import dns from 'node:dns/promises';
     export const handler = async () => { const began = performance.now();
       const asked = [dns.lookup('example.org'), dns.resolve4('example.org'), dns.lookup('host.docker.internal')];
       const answers = await Promise.allSettled(asked);
       return { answers: answers.map(({ status }) => status), tookMs: performance.now() - began } }`,
    );
    expect(reply.result).toMatchObject({ answers: ['rejected', 'rejected', 'rejected'] });
    expect((reply.result as { tookMs: number }).tookMs).toBeLessThan(1000);
  });
});
