import type Docker from 'dockerode';
import { reachFiles, resultIn } from './small-internet.ts';

export interface PlainContainer extends AsyncDisposable {
  readonly address: string;
  /** Resolves when the program has ended, with what became of its attempts. */
  ended(): Promise<Record<string, unknown>>;
}

/** A container of the engine's own making on one of its networks, which tries to reach others: the same as an attacker, without our walls. */
export async function startPlainContainer(
  docker: Docker,
  network: string,
  tries: Readonly<Record<string, readonly unknown[]>>,
  hostConfig: Docker.HostConfig = {},
): Promise<PlainContainer> {
  const [image] = await docker.listImages({ filters: { label: ['sraas.runtime=node24'] } });
  // As a program it stands one place further to the left among the arguments than a file would.
  const program = ((await reachFiles())['main.mjs'] ?? '').replaceAll('process.argv[2]', 'process.argv[1]');
  const container = await docker.createContainer({
    Image: image?.Id ?? '',
    Entrypoint: ['/usr/local/bin/node', '--input-type=module', '--eval', program, '--', JSON.stringify({ tries })],
    Tty: true,
    HostConfig: { ...hostConfig, NetworkMode: network },
  });
  await container.start();
  const { NetworkSettings: settings } = await container.inspect();
  return {
    address: settings.Networks[network]?.IPAddress ?? '',
    ended: async () => {
      await container.wait();
      return resultIn((await container.logs({ stdout: true, stderr: true })).toString('utf8'));
    },
    [Symbol.asyncDispose]: async () => {
      await container.remove({ force: true });
    },
  };
}
