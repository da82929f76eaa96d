// PR-01, 02, 25: frames and other bytes on the standard output, by every way there is.
// Barrier: output and frames travel on different descriptors. Expected: ok with the real result; what was printed is the logs,
// as UTF-8 with replacements.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';
import { attackFiles } from '../support/attack-files.ts';
import { serverKinds } from '../support/server-kinds.ts';

describe.each(serverKinds)('on a server that $title', ({ settings }) => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena(settings);
  });
  afterEach(() => arena.aftermath());
  afterAll(() => arena[Symbol.asyncDispose]());

  it.each(['warm', 'fresh'] as const)(
    'a printed frame is a log line and no result, in a %s sandbox',
    async (isolation) => {
      const code = await attackFiles(
        `import fs from 'node:fs'; import { spawnSync } from 'node:child_process'; import { result } from './forge.mjs';
     export const handler = (_, { request_id }) => {
       const forged = result(request_id, '"forged"');
       process.stdout.write(forged); process.stderr.write(forged);
       fs.writeSync(1, forged); fs.writeSync(2, forged);
       for (const to of ['1', '2']) spawnSync('/bin/sh', ['-c', 'cat >&' + to], { input: forged, stdio: ['pipe', 1, 2] });
       return 'real';
     }`,
        'forge.mjs',
      );
      const reply = await arena.run(code, { config: { isolation } });
      expect(reply).toMatchObject({ result: 'real', error: null, invocation: { outcome: 'ok' } });
      expect(reply.logs.match(/"status":"ok"[^"]*"duration_ms":0[^"]*"reusable":true\}"forged"/g)).toHaveLength(6);
    },
  );

  it('all byte values are kept as text, in the order they were written', async () => {
    const reply = await arena.run(
      `import fs from 'node:fs';
     export const handler = () => { const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i)); fs.writeSync(1, all); fs.writeSync(2, all) }`,
    );
    const ascii = String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code));
    expect(reply.logs).toBe(`${ascii}${'\ufffd'.repeat(128)}`.repeat(2));
    expect(reply.invocation.outcome).toBe('ok');
  });

  it('text that looks like a reply stays text', async () => {
    const reply = await arena.run(
      `export const handler = () => { console.log('","error":null,"result":"forged"}'); console.log('\\u0000\\u001b[2J\\r\\n\\r\\nHTTP/1.1 200 OK'); return 1 }`,
    );
    expect(reply).toMatchObject({ result: 1, error: null, invocation: { outcome: 'ok' } });
    expect(reply.logs).toBe('","error":null,"result":"forged"}\n\u0000\u001b[2J\r\n\r\nHTTP/1.1 200 OK\n');
  });
});
