import { execFileSync } from 'node:child_process';
import type { Config } from '../../src/config/config.ts';
import type { BuildEvent } from '../../src/wire/build.ts';
import type { DeployReply } from '../../src/wire/function.ts';
import type { FunctionConfigDocument } from '../../src/wire/function-config.ts';
import { docker } from './containers.ts';
import { tarOf, type Files } from './package-archives.ts';
import type { TestServer } from './server.ts';

/** Deploys with packages and tells what the package manager said meanwhile. */
export async function deployWithPackages(
  { client }: TestServer,
  name: string,
  config: FunctionConfigDocument,
  files: Files,
): Promise<{ readonly reply: DeployReply; readonly said: string }> {
  const lines: string[] = [];
  const onBuild = (event: BuildEvent): void => {
    if (event.event === 'log') lines.push(event.text);
  };
  const archive = await tarOf(files);
  const reply = await client.deploy(name, { dependencies: 'install', ...config }, { archive }, { onBuild });
  return { reply, said: lines.join('\n') };
}

/** Names of the containers of installs that there are at this moment, of whichever server. */
export async function installContainers(): Promise<readonly string[]> {
  const all = await docker.listContainers({ all: true, filters: { label: ['sraas.managed=sandbox'] } });
  return all.flatMap(({ Names: names }) => names).filter((name) => name.startsWith('/sraas-install-'));
}

/** The settings that let installs reach the registry which npm on this machine is set up for. */
export function registryOfThisMachine(): Pick<Config, 'npmRegistry' | 'installCertificates'> {
  const setting = (name: string): string => {
    const told = execFileSync('npm', ['config', 'get', name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return told.trim();
  };
  const certificates = setting('cafile');
  return { npmRegistry: setting('registry'), installCertificates: certificates === 'null' ? '' : certificates };
}
