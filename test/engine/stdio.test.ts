import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeFrame } from '../../runtime/protocol.ts';
import type { FunctionConfigDocument } from '../../src/wire/function-config.ts';
import type { InvokeReply } from '../../src/wire/invoke.ts';
import { containersOf, docker, until } from '../support/containers.ts';
import { spawnServer } from '../support/server-process.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ transport: 'stdio' });
});
afterAll(() => server.stop());

let deployed = 0;

async function runSource(
  source: string,
  event: unknown = {},
  config: Partial<FunctionConfigDocument> = {},
): Promise<InvokeReply & { readonly name: string }> {
  const name = `stdio-${++deployed}`;
  const files = { 'main.mjs': `import fs from 'node:fs';\n${source}` };
  await server.client.deploy(name, { runtime: 'node24', handler: 'main.handler', ...config }, { files });
  return { name, ...(await server.client.invoke(name, { event })) };
}

const resultFrame = (id: string): string =>
  encodeFrame('result', { id, status: 'ok', duration_ms: 1, reusable: true }, Buffer.from('"forged"')).toString('hex');

/** Source of what finds the descriptors above 2 that lead where descriptor 2 leads. */
const privateLogs = `const privateLogs = () => fs.readdirSync('/proc/self/fd').map(Number).filter((fd) => {
  try { return fd > 2 && fs.fstatSync(fd).ino === fs.fstatSync(2).ino } catch { return false }
});`;

describe('a sandbox that talks over its standard streams', () => {
  it('has no folder of the host for it, an empty stdin, and children that inherit nothing of the channel', async () => {
    const source = `import { execFileSync } from 'node:child_process';
      export const handler = () => ({
        stdin: fs.readFileSync(0, 'utf8'), isMounted: fs.existsSync('/run/sraas'),
        inherited: execFileSync('/bin/ls', ['/proc/self/fd'], { encoding: 'utf8', stdio: ['inherit', 'pipe', 'inherit'] }),
      })`;
    const { name, result } = await runSource(source);
    // The third descriptor is the one that ls lists the folder with.
    expect(result).toEqual({ stdin: '', isMounted: false, inherited: '0\n1\n2\n3\n' });
    const [id = ''] = await containersOf(name);
    const { Mounts: mounts } = await docker.getContainer(id).inspect();
    expect(mounts.map(({ Destination: target }) => target).sort()).toEqual(['/function', '/opt/sraas']);
  });

  it('carries the largest event and result, and logs of any bytes, whole', async () => {
    const source = `export const handler = ({ text, lines }) => {
        for (let i = 0; i < lines; i++) process.stdout.write(i + ' 0123456789abcdef'.repeat(4) + '\\n');
        return text.length + 'x'.repeat(5_000_000);
      }`;
    const reply = await runSource(source, { text: 'e'.repeat(900_000), lines: 5000 });
    expect(reply.error).toBeNull();
    expect((reply.result as string).length).toBe(5_000_006);
    const lines = Array.from({ length: 5000 }, (_, index) => `${index}${' 0123456789abcdef'.repeat(4)}\n`);
    expect(reply.logs === lines.join('')).toBe(true);
  });

  it('keeps the last words of a process that ends right after them', async () => {
    const source =
      'export const handler = () => { fs.writeSync(2, "x".repeat(60_000)); console.log("end"); process.exit(3) }';
    const reply = await runSource(source);
    expect(reply.invocation).toMatchObject({ outcome: 'exited', exit_code: 3 });
    expect(reply.logs === `${'x'.repeat(60_000)}end\n`).toBe(true);
  });

  it('attributes output to its own call, a thousand times', async () => {
    const { name } = await runSource('export const handler = (n) => { console.log("call", n); return n }', -1);
    for (let call = 0; call < 1000; call++) {
      const { result, logs } = await server.client.invoke(name, { event: call });
      expect([result, logs]).toEqual([call, `call ${call}\n`]);
    }
  });
});

describe('user code that reaches for the channel', () => {
  it('cannot answer for an invocation that its sandbox was not asked for', async () => {
    const source = `export const handler = ({ frame }) => {
        fs.writeFileSync('/proc/1/fd/1', Buffer.from(frame, 'hex')); return new Promise(() => {}) }`;
    const reply = await runSource(source, { frame: resultFrame('another') });
    expect(reply).toMatchObject({ result: null, invocation: { outcome: 'protocol_violation' } });
    expect(reply.error).toMatch(/was not asked for/);
  });

  it('cannot answer before it is asked: its sandbox is of no more use', async () => {
    const source = `export const handler = ({ frame }, { request_id }) => {
        if (frame) setTimeout(() => fs.writeFileSync('/proc/1/fd/1', Buffer.from(frame, 'hex')), 50).unref();
        return request_id }`;
    const { name } = await runSource(source, { frame: resultFrame('next') });
    await until(async () => (await containersOf(name)).length === 0, 10_000, 'the sandbox that spoke unasked is gone');
    const reply = await server.client.invoke(name, { event: {} });
    expect(reply).toMatchObject({ result: reply.invocation.id, invocation: { cold_start: true } });
  });

  it('loses the end of its logs when it takes the way to them away, and its sandbox with it', async () => {
    const source = `${privateLogs}
      export const handler = ({ cut }) => { console.log('kept'); if (cut) privateLogs().forEach((fd) => fs.closeSync(fd)); return 1 }`;
    const { name } = await runSource(source, {});
    const reply = await server.client.invoke(name, { event: { cut: true } });
    expect(reply).toMatchObject({ result: 1, invocation: { outcome: 'ok', logs_truncated: true } });
    expect(reply.logs).toBe('kept\n\n[the end of the logs did not arrive]\n');
    expect((await server.client.invoke(name, { event: {} })).invocation.cold_start).toBe(true);
  });

  it('may close or replace descriptors 1 and 2 and is still told from what comes after', async () => {
    const source = `export const handler = ({ close }) => { console.log('kept'); if (close) { fs.closeSync(1); fs.closeSync(2) } return 1 }`;
    const reply = await runSource(source, { close: true });
    expect(reply).toMatchObject({ result: 1, logs: 'kept\n', invocation: { logs_truncated: false } });
  });

  it('can flood its output without slowing or filling the server', async () => {
    const flood = `export const handler = () => { const line = 'y'.repeat(65_535) + '\\n'; for (;;) fs.writeSync(1, line) }`;
    const { name: calm } = await runSource('export const handler = () => "calm"');
    const flooding = runSource(flood, {}, { limits: { timeout_ms: 3000, log_bytes: 1000 } });
    for (let call = 0; call < 20; call++) expect((await server.client.invoke(calm)).result).toBe('calm');
    const reply = await flooding;
    expect(reply.invocation).toMatchObject({ outcome: 'timeout', logs_truncated: true });
    expect(reply.logs.length).toBeLessThan(1100);
  });
});

describe('a server that is killed', () => {
  it('leaves sandboxes that end by themselves, as their stdin does', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-stdio-'));
    try {
      const killed = await spawnServer(dataDirectory, ['--transport', 'stdio']);
      const files = { 'main.mjs': 'export const handler = () => new Promise(() => setInterval(() => {}, 1000))' };
      await killed.client.deploy('stdio-lonely', { runtime: 'node24', handler: 'main.handler' }, { files });
      const call = killed.client.invoke('stdio-lonely').catch((error: unknown) => error);
      await until(async () => (await containersOf('stdio-lonely')).length === 1, 20_000, 'the call runs');
      const [id = ''] = await containersOf('stdio-lonely');
      await killed.signal('SIGKILL');
      await call;
      const isRunning = async (): Promise<boolean> => (await docker.getContainer(id).inspect()).State.Running;
      await until(async () => !(await isRunning()), 10_000, 'its process has ended');
      await docker.getContainer(id).remove({ force: true });
    } finally {
      await rm(dataDirectory, { recursive: true, force: true });
    }
  });
});
