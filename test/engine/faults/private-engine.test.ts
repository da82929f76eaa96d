import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { expect, it } from 'vitest';
import { markedProcesses } from '../../support/marked-processes.ts';
import { engineMark, startPrivateEngine } from '../../support/private-engine.ts';
import { startServer } from '../../support/server.ts';

it('is an engine apart from the machine, and leaves no process, mount, folder or control group behind', async () => {
  const interfaces = await readdir('/sys/class/net');
  let folder: string;
  {
    await using engine = await startPrivateEngine();
    folder = dirname(engine.runDirectory);
    await using server = await startServer({ engineHost: engine.engineHost, runDirectory: engine.runDirectory });
    const files = { 'main.mjs': 'export const handler = () => "private"' };
    await server.client.deploy('private', { runtime: 'node24', handler: 'main.handler' }, { files });
    expect((await server.client.invoke('private')).result).toBe('private');
    expect(await engine.docker.listContainers()).toHaveLength(1);
    await engine.kill();
    await engine.start();
    expect((await server.client.invoke('private')).invocation.outcome).toBe('ok');
  }
  expect(await readdir('/sys/class/net')).toEqual(interfaces);
  expect(existsSync(folder)).toBe(false);
  expect(await readdir('/sys/fs/cgroup')).not.toContain(basename(folder));
  expect(existsSync(`/sys/fs/cgroup/memory/${basename(folder)}`)).toBe(false);
  expect(markedProcesses(engineMark(folder))).toEqual([]);
  expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(folder);
});
