// RX-35: a thousand children that nobody waits for.
// Barrier: an init in the sandbox, which reaps orphans. Expected: ok, and no more processes than before; without the init they
// stay.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

import { probe, sandboxSpec, stopped, worked } from '../support/probe.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const countZombies = `const zombies = () => fs.readdirSync('/proc').filter((id) => {
  try { return /^State:\\s+Z/m.test(fs.readFileSync('/proc/' + id + '/status', 'utf8')) } catch { return false }
}).length;`;

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  it('a thousand orphans that have ended are gone', async () => {
    const source = `import fs from 'node:fs';
      import { execFileSync } from 'node:child_process';
      ${countZombies}
      export const handler = () => {
        execFileSync('/bin/sh', ['-c', 'i=0; while [ $i -lt 1000 ]; do (true & exit); i=$((i+1)); done']);
        const end = Date.now() + 2000;
        while (zombies() > 0 && Date.now() < end);
        return zombies();
      }`;
    const limits = { cpus: 2, timeout_ms: 20_000 };
    const reply = await arena.run(source, { config: { isolation, limits } });
    expect(reply).toMatchObject({ result: 0, error: null, invocation: { outcome: 'ok' } });
  });
});

it('without an init they would stay', async () => {
  const attack = `const fs = require('node:fs');
    ${countZombies}
    require('node:child_process').execFileSync('/bin/sh', ['-c', '(sleep 0.05 &) ; sleep 0.5']);
    process.exit(zombies() > 0 ? worked : stopped)`;
  await using base = await sandboxSpec();
  expect((await probe(base.spec, attack)).exitCode).toBe(stopped);
  const open = { ...base.spec, name: `${base.spec.name}-open`, init: false };
  expect((await probe(open, attack)).exitCode).toBe(worked);
});
