import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../unit/cli/temporary-folder.ts';
import { startPlatform } from './started-platform.ts';

const contains = (text: string): unknown => expect.stringContaining(text);

describe('the command line against a server', () => {
  const sraas = startPlatform();

  it('deploys, shows, lists, invokes and removes', async () => {
    const deploy = ['deploy', 'examples/hello', '--name', 'whole-way', '--label', 'team=web'];
    expect((await sraas(deploy)).stdout).toContain('whole-way version 1 created');
    expect((await sraas(deploy)).stdout).toContain('whole-way version 1 unchanged');
    expect((await sraas([...deploy, '--memory-mb', '128'])).stdout).toContain('whole-way version 2 updated');
    expect((await sraas(['show', 'whole-way'])).stdout).toMatch(/memory +128 MiB[^]*labels +team=web/);
    expect((await sraas(['list'])).stdout).toMatch(/^whole-way +2 +node24 +index\.handler/m);
    const invoked = await sraas(['invoke', 'whole-way', '-e', '{"a":4,"b":1}'], { terminal: true });
    expect(invoked).toMatchObject({ exitCode: 0, stdout: '{\n  "quotient": 4\n}\n' });
    expect(invoked.stderr).toMatch(/^dividing 4 by 1\n-- ok in /);
    expect(await sraas(['rm', 'whole-way'])).toMatchObject({ exitCode: 0, stdout: 'removed whole-way\n' });
    const gone = await sraas(['invoke', 'whole-way', '--json']);
    expect(gone).toMatchObject({ exitCode: 2, stdout: '' });
    expect(JSON.parse(gone.stderr)).toMatchObject({ code: 'FUNCTION_NOT_FOUND', status: 404 });
  });

  it('runs a handler with an envelope and deploys nothing', async () => {
    const stdin = '{"version":"v1","event":{"a":9,"b":3}}';
    const before = (await sraas(['list', '--json'])).stdout;
    const ran = await sraas(['run', 'index.handler', '-', '--dir', 'examples/hello'], { stdin });
    expect(ran.exitCode).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ result: { quotient: 3 }, error: null, logs: 'dividing 9 by 3\n' });
    expect((await sraas(['list', '--json'])).stdout).toBe(before);
  });

  it('refuses an envelope of another version', async () => {
    const stdin = '{"version":"v2"}';
    const ran = await sraas(['run', 'index.handler', '-', '--dir', 'examples/hello'], { stdin });
    expect(ran.exitCode).toBe(2);
    expect((JSON.parse(ran.stdout) as { error: string }).error).toContain('Unsupported or missing version');
  });

  it('does once what has an idempotency key, and gives the first answer again', async () => {
    const code = await temporaryFolder({ 'index.mjs': 'export const handler = () => Math.random()' });
    const deploy = ['deploy', code, '--name', 'drawn', '--idempotency-key', 'release-1'];
    expect(await sraas(deploy)).toMatchObject({ stdout: contains('drawn version 1 created'), stderr: '' });
    expect((await sraas(['config', 'drawn', '--memory-mb', '128'])).exitCode).toBe(0);
    const again = await sraas(deploy);
    expect(again).toMatchObject({ stdout: contains('drawn version 1 created'), stderr: contains('not done again') });
    expect((await sraas(['list'])).stdout).toMatch(/^drawn +2 /m);

    const draw = (key: string, ...flags: readonly string[]) =>
      sraas(['invoke', 'drawn', '--idempotency-key', key, ...flags]);
    const first = await draw('draw-1');
    expect(await draw('draw-1')).toMatchObject({ stdout: first.stdout, stderr: contains('not done again') });
    expect((await draw('draw-2')).stdout).not.toBe(first.stdout);
    const accepted = await draw('draw-3', '--async');
    expect(await draw('draw-3', '--async')).toMatchObject({ exitCode: 0, stdout: accepted.stdout });
    const other = await draw('draw-1', '-e', '{"other":true}');
    expect(other).toMatchObject({ exitCode: 2, stderr: contains('use a new key') });
  });

  it("passes on the server's reasons for refusing a configuration", async () => {
    const refused = await sraas(['deploy', 'examples/hello', '--name', 'bad', '--pids', '0', '--timeout-ms', '-1']);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/\/limits\/pids[^]*\/limits\/timeout_ms|\/limits\/timeout_ms[^]*\/limits\/pids/);
  });
});

describe('sraas serve', () => {
  it('says where it listens, and ends with 0 when it is told to stop', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sraas-serve-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const folders = ['--data-dir', join(folder, 'data'), '--run-dir', join(folder, 'run')];
    const server = spawn(
      process.execPath,
      ['--import', 'tsx', 'src/main.ts', 'serve', '--port', '0', '--log-level', 'error', ...folders],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void server.kill('SIGKILL'));
    const exit = once(server, 'exit');
    const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
    const url = /^sraas listens on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1];
    expect((await fetch(`${url ?? ''}/healthz`)).status).toBe(200);
    server.kill('SIGTERM');
    expect(await exit).toStrictEqual([0, null]);
  });
});
