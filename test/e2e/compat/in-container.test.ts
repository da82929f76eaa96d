import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SraasClient } from '../../../src/client/sraas-client.ts';
import { docker, until } from '../../support/containers.ts';
import { removeAllImages } from '../../support/custom-runtimes.ts';
import { projectDirectory } from '../../support/documents.ts';
import { engineHost } from '../../support/engine-host.ts';
import { localBase } from '../../support/local-base.ts';

/** A server in a container, that has the engine's socket and a folder which is the same on the host. */
async function startInContainer(folder: string): Promise<{ readonly url: string; readonly functron: string }> {
  const socket = engineHost.replace(/^unix:\/\//, '');
  const modules = await realpath(join(projectDirectory, 'node_modules'));
  const flags = {
    '--engine-host': engineHost,
    '--data-dir': join(folder, 'data'),
    '--run-dir': join(folder, 'run'),
    '--compat': 'functron',
    '--functron-port': '0',
    '--port': '0',
    '--prepared-per-kind': '0',
  };
  const container = await docker.createContainer({
    Image: await localBase('node24'),
    User: `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
    Entrypoint: ['node'],
    Cmd: [join(projectDirectory, 'dist/src/main.js'), 'serve', '--json', ...Object.entries(flags).flat()],
    HostConfig: {
      NetworkMode: 'host',
      GroupAdd: [String((await stat(socket)).gid)],
      Binds: [`${socket}:${socket}`, `${folder}:${folder}`, `${projectDirectory}:${projectDirectory}:ro`].concat(
        `${modules}:${modules}:ro`,
      ),
    },
  });
  onTestFinished(async () => {
    await container.remove({ force: true });
  });
  await container.start();
  const said = async (): Promise<string> => (await container.logs({ stdout: true, stderr: true })).toString('latin1');
  const listening = /"compatUrls":\{"functron":"([^"]+)"\}.*"message":"Listening".*"url":"([^"]+)"/;
  await until(async () => listening.test(await said()), 60_000, 'it listens');
  const [, functron = '', url = ''] = listening.exec(await said()) ?? [];
  onTestFinished(async () => {
    await removeAllImages({ client: new SraasClient({ url }) });
    await container.stop();
    expect((await container.inspect()).State.ExitCode).toBe(0);
  });
  return { url, functron };
}

it('F20: serves from a container, with the engine’s socket and a folder that is the same on the host', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sraas-c-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { functron } = await startInContainer(folder);
  const order = {
    DockerFile: `FROM ${await localBase('python3.11')}\nCMD ["python3", "-c", "print(input())"]\n`,
    Stdin: Buffer.from('through a container').toString('base64'),
  };
  const reply = await fetch(`${functron}/v1/exec`, { method: 'POST', body: JSON.stringify(order) });
  const document = (await reply.json()) as { readonly Errors: readonly string[]; readonly CmdOut: string };
  expect(document.Errors).toEqual([]);
  expect(Buffer.from(document.CmdOut, 'base64').toString()).toBe('through a container\n');
});
