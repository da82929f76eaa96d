import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';

/**
 * Containers that differ from a sandbox of ours in nothing but what they run: made from what the engine itself recorded of one,
 * with folders of their own in the place of what was mounted.
 */
export class BareContainers implements AsyncDisposable {
  readonly #docker: Docker;
  readonly #body: Docker.ContainerCreateOptions;
  readonly #directory: string;

  private constructor(docker: Docker, body: Docker.ContainerCreateOptions, directory: string) {
    this.#docker = docker;
    this.#body = body;
    this.#directory = directory;
  }

  /** @param functionName One that has a sandbox at this moment. */
  static async like(docker: Docker, functionName: string, command: readonly string[]): Promise<BareContainers> {
    const filters = { label: [`sraas.function=${functionName}`] };
    const [ours] = await docker.listContainers({ filters });
    if (ours === undefined) throw new Error(`${functionName} has no sandbox.`);
    const { Config: config, HostConfig: host, Image } = await docker.getContainer(ours.Id).inspect();
    const { User, Env, WorkingDir, Hostname, Healthcheck } = config;
    const directory = await mkdtemp(join(tmpdir(), 'sraas-bench-mounted-'));
    const body = {
      Image,
      User,
      Env,
      WorkingDir,
      Hostname,
      Healthcheck,
      Labels: { 'sraas.bench': 'bare' },
      Entrypoint: [...command.slice(0, 1)],
      Cmd: [...command.slice(1)],
      AttachStdout: true,
      AttachStderr: true,
      NetworkDisabled: host.NetworkMode === 'none',
      HostConfig: { ...host, Mounts: (host.Mounts ?? []).map((mount) => ({ ...mount, Source: directory })) },
    };
    return new BareContainers(docker, body, directory);
  }

  /** Creates one, starts it, waits for the first that it writes, and removes it. The time until that first output, in milliseconds. */
  async runOne(): Promise<number> {
    const began = performance.now();
    const container = await this.#docker.createContainer(this.#body);
    try {
      const output = await container.attach({ stream: true, stdout: true, stderr: true });
      const wrote = new Promise<Buffer>((resolve, reject) => {
        output.once('data', resolve);
        output.once('error', reject);
        output.once('end', () => {
          reject(new Error('The container ended without a word'));
        });
      });
      const [text, took] = await Promise.all([
        wrote,
        wrote.then(() => performance.now() - began),
        container.start() as Promise<unknown>,
      ]);
      // Behind the eight bytes in which the engine says which stream it is; the end of the line may come by itself.
      // Source: attach in the engine's API.
      if (text.subarray(8, 9).toString() !== '1') throw new Error(`Not the answer: ${text.toString()}`);
      return took;
    } finally {
      await container.remove({ force: true, v: true });
    }
  }

  /** Does that `atATime` at a time until the time is up. How many a second. */
  async runLoop(atATime: number, durationMs: number): Promise<number> {
    const began = performance.now();
    let done = 0;
    const worker = async (): Promise<void> => {
      while (performance.now() - began < durationMs) {
        await this.runOne();
        done++;
      }
    };
    await Promise.all(Array.from({ length: atATime }, worker));
    return (done * 1000) / (performance.now() - began);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}
