import type { Config } from '../../src/config/config.ts';
import { copyGatewayImage } from './copy-gateway-image.ts';
import { type PrivateEngine, startPrivateEngine } from './private-engine.ts';
import { outside, reachFiles, type SmallInternet, startInternet } from './small-internet.ts';
import type { TestServer } from './server.ts';

/** An engine with an internet of its own, and the gateway's image. */
export interface EgressRoom extends AsyncDisposable {
  readonly engine: PrivateEngine;
  readonly internet: SmallInternet;
  readonly gatewayImage: string;
  /** Settings of a server that lets functions out. */
  readonly settings: Partial<Config>;
  /** Runs `nft` on the engine's machine, as its administrator would. */
  nft(...words: readonly string[]): Promise<string>;
  gateways(): Promise<readonly string[]>;
  networks(): Promise<readonly string[]>;
}

export async function makeEgressRoom(): Promise<EgressRoom> {
  const engine = await startPrivateEngine({ networking: true });
  try {
    const internet = await startInternet(engine);
    const gatewayImage = await copyGatewayImage(engine.docker);
    return {
      engine,
      internet,
      gatewayImage,
      settings: {
        engineHost: engine.engineHost,
        runDirectory: engine.runDirectory,
        allowEgress: true,
        egressResolvers: `${outside.resolver},${outside.privateResolver}`,
        egressDenied: '93.185.0.0/16',
      },
      nft: (...words) => runOnMachine(engine, gatewayImage, ['nft', ...words]),
      gateways: async () => {
        const found = await engine.docker.listContainers({ all: true, filters: { label: ['sraas.managed=egress'] } });
        return found.map(({ Id: id }) => id);
      },
      networks: async () => {
        const found = await engine.docker.listNetworks({ filters: { label: ['sraas.managed=egress'] } });
        return found.map(({ Name: name }) => name);
      },
      [Symbol.asyncDispose]: async () => {
        await internet[Symbol.asyncDispose]();
        await engine[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}

/** Deploys the function that tries to reach others. */
export async function deployReach(
  server: Pick<TestServer, 'client'>,
  name: string,
  config: object = { network: 'egress' },
): Promise<void> {
  await server.client.deploy(
    name,
    { runtime: 'node24', handler: 'main.handler', limits: { timeout_ms: 30_000 }, ...config },
    { files: await reachFiles() },
  );
}

/** What became of each attempt, by its name. */
export async function reach(
  server: Pick<TestServer, 'client'>,
  name: string,
  tries: Readonly<Record<string, readonly unknown[]>>,
): Promise<Record<string, unknown>> {
  const { result, error } = await server.client.invoke(name, { event: { tries } });
  if (error !== null) throw new Error(error);
  return result as Record<string, unknown>;
}

async function runOnMachine({ docker }: PrivateEngine, image: string, command: string[]): Promise<string> {
  const container = await docker.createContainer({
    Image: image,
    Cmd: command,
    Tty: true,
    HostConfig: { NetworkMode: 'host', CapAdd: ['NET_ADMIN'] },
  });
  try {
    await container.start();
    const { StatusCode: code } = (await container.wait()) as { StatusCode: number };
    const output = (await container.logs({ stdout: true, stderr: true })).toString('utf8');
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${output}`);
    return output;
  } finally {
    await container.remove({ force: true });
  }
}
