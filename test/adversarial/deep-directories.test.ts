// RX-11: directories nested as deep as the disk allows, and names made to trip whoever cleans up.
// Barrier: nothing of a sandbox is on the host's disk; its /tmp goes with it in one piece. Expected: ok or handler_error for
// the handler; the container goes within the grace (the aftermath of each case).
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const nested = `import { mkdirSync } from 'node:fs';
  export const handler = () => {
    process.chdir('/tmp');
    let depth = 0;
    try { for (; depth < 10_000; depth++) { mkdirSync('d'.repeat(255)); process.chdir('d'.repeat(255)) } } catch {}
    return depth;
  }`;
const strangeNames = ['-rf', '--', '\n', 'a\nb', '\u001b[2J', '*', '$(reboot)', '`reboot`', '...', 'x'.repeat(255)];
const strange = `import { writeFileSync } from 'node:fs';
  export const handler = (names) => {
    for (const name of names) writeFileSync('/tmp/' + name, '');
    writeFileSync(Buffer.concat([Buffer.from('/tmp/'), Buffer.from([0xff, 0xfe])]), '');
    return names.length;
  }`;

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  it('deeply nested directories cost nobody else anything', async () => {
    const reply = await arena.run(nested, { config: { isolation, limits: { cpus: 2 } } });
    expect(reply).toMatchObject({ error: null, invocation: { outcome: 'ok' } });
    expect(reply.result).toBeGreaterThan(1000);
  });

  it('strange names neither', async () => {
    const { result } = await arena.run(strange, { event: strangeNames, config: { isolation } });
    expect(result).toBe(strangeNames.length);
  });
});
