import Docker from 'dockerode';
import type { BuildContainer, BuildEnd, BuildEngine, BuildOrder, BuiltImage, ImageDetails } from '../build.ts';
import { EngineError } from '../engine-error.ts';
import type { ContainerId } from '../engine.ts';
import { buildQuery } from './build-query.ts';
import { readBuildStream } from './build-stream.ts';
import { toEngineError } from './docker-error.ts';
import { imageDetails } from './image-details.ts';
import { withinTime } from './within-time.ts';

interface DockerBuildsOptions {
  /** Address of the engine: `unix:///var/run/docker.sock`. */
  readonly host: string;
  /** Time limit of every call but a build, in milliseconds. Sizes of containers are counted file by file. */
  readonly callTimeoutMs?: number;
}

type Labels = Readonly<Record<string, string>>;

/** The building part of the engine port, by Docker's classic builder (API 1.41 or newer). */
export class DockerBuilds implements BuildEngine {
  readonly #docker: Docker;
  readonly #callTimeoutMs: number;

  constructor({ host, callTimeoutMs = 30_000 }: DockerBuildsOptions) {
    this.#docker = new Docker({ socketPath: host.replace(/^unix:\/\//, '') });
    this.#callTimeoutMs = callTimeoutMs;
  }

  async runBuild(context: NodeJS.ReadableStream, order: BuildOrder): Promise<BuildEnd> {
    const { signal } = order;
    // docker-modem settles nothing once an answer has begun, so the abort is raced against as well.
    const aborted = new Promise<never>((_resolve, reject) => {
      const tell = (): void => {
        reject(new EngineError('timeout', 'The build was cut off', signal.reason));
      };
      if (signal.aborted) tell();
      else signal.addEventListener('abort', tell, { once: true });
    });
    try {
      return await Promise.race([this.#build(context, order), aborted]);
    } catch (error) {
      throw signal.aborted
        ? new EngineError('timeout', 'The build was cut off', error)
        : toEngineError(error, 'image_not_found');
    }
  }

  async buildContainers(labels: Labels): Promise<readonly BuildContainer[]> {
    const found = await this.#call((abortSignal) =>
      this.#docker.listContainers({ all: true, size: true, filters: labelFilter(labels), abortSignal }),
    );
    return Promise.all(
      found.map(async (container) => ({
        id: container.Id as ContainerId,
        labels: container.Labels,
        running: container.State === 'running',
        writtenBytes: (container as { SizeRw?: number }).SizeRw ?? 0,
        processes: container.State === 'running' ? await this.#processesOf(container.Id) : 0,
      })),
    );
  }

  async limitProcesses(id: ContainerId, processes: number): Promise<void> {
    await this.#unlessGone(() => this.#docker.getContainer(id).update({ PidsLimit: processes }));
  }

  async builtImages(labels: Labels): Promise<readonly BuiltImage[]> {
    const filters = JSON.stringify(labelFilter(labels));
    const images = await this.#call((abortSignal) => this.#docker.listImages({ all: true, filters, abortSignal }));
    return images.map((image) => ({
      id: image.Id,
      parentId: image.ParentId,
      // The engine's word for an image without a name.
      references: (image.RepoTags ?? []).filter((reference) => reference !== '<none>:<none>'),
      labels: (image.Labels as Labels | null) ?? {},
      sizeBytes: image.Size,
    }));
  }

  async imageDetails(reference: string): Promise<ImageDetails | undefined> {
    try {
      return imageDetails(
        await withinTime(this.#callTimeoutMs, 'image_not_found', () => this.#docker.getImage(reference).inspect()),
      );
    } catch (error) {
      if (error instanceof EngineError && error.code === 'image_not_found') return undefined;
      throw error;
    }
  }

  async #build(context: NodeJS.ReadableStream, order: BuildOrder): Promise<BuildEnd> {
    const stream = await this.#docker.buildImage(context, { ...buildQuery(order), abortSignal: order.signal });
    return readBuildStream(stream as AsyncIterable<Buffer>, order.onOutput);
  }

  async #processesOf(id: string): Promise<number> {
    let processes = 0;
    await this.#unlessGone(async () => {
      const stats = await this.#docker.getContainer(id).stats({ stream: false, 'one-shot': true });
      processes = stats.pids_stats?.current ?? 0;
    });
    return processes;
  }

  /** Steps end while they are looked at. */
  async #unlessGone(work: () => Promise<unknown>): Promise<void> {
    try {
      await this.#call(work);
    } catch (error) {
      const { code } = error as EngineError;
      if (code !== 'container_not_found' && code !== 'conflict') throw error;
    }
  }

  #call<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withinTime(this.#callTimeoutMs, 'container_not_found', work);
  }
}

function labelFilter(labels: Labels): { label: string[] } {
  return { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) };
}
