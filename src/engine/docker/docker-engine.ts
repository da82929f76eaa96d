import Docker from 'dockerode';
import type { Attachment, AttachmentEvents } from '../attachment.ts';
import type { ContainerSpec, RecordedContainer } from '../container.ts';
import type {
  BuildOptions,
  ContainerExit,
  ContainerId,
  Engine,
  EngineImage,
  EngineInfo,
  ImportOptions,
  ListedContainer,
  ProgressOptions,
} from '../engine.ts';
import { EngineError, type EngineErrorCode } from '../engine-error.ts';
import type { ImageFiles } from '../image-files.ts';
import { attach } from './attach.ts';
import { createBody } from './create-body.ts';
import { DockerImages } from './docker-images.ts';
import { engineInfo } from './docker-info.ts';
import { firstPathInImage } from './first-path-in-image.ts';
import { knock } from './knock.ts';
import { recordedContainer } from './recorded.ts';
import { removeContainer } from './remove-container.ts';
import { sawEnd } from './saw-end.ts';
import { waitForExit } from './wait-for-exit.ts';
import { withinTime } from './within-time.ts';

interface DockerEngineOptions {
  /** Address of the engine: `unix:///var/run/docker.sock`. */
  readonly host: string;
  /** Time limit of a call that the engine should answer at once, in milliseconds. */
  readonly callTimeoutMs?: number;
  /** Time limit of creating, starting, killing and removing, in milliseconds: slow under load, not hanging. */
  readonly changeTimeoutMs?: number;
}

/** The engine port over Docker's HTTP API (1.41 or newer), by dockerode. */
export class DockerEngine implements Engine, ImageFiles {
  readonly #docker: Docker;
  readonly #socketPath: string;
  readonly #images: DockerImages;
  readonly #callTimeoutMs: number;
  readonly #changeTimeoutMs: number;

  constructor({ host, callTimeoutMs = 10_000, changeTimeoutMs = 60_000 }: DockerEngineOptions) {
    this.#socketPath = host.replace(/^unix:\/\//, '');
    this.#docker = new Docker({ socketPath: this.#socketPath });
    this.#callTimeoutMs = callTimeoutMs;
    this.#changeTimeoutMs = changeTimeoutMs;
    this.#images = new DockerImages(this.#docker, callTimeoutMs);
  }

  async info(): Promise<EngineInfo> {
    const [info, version] = await this.#call(async () => {
      const answer = (await this.#docker.info()) as Record<string, unknown>;
      return [answer, await this.#docker.version()] as const;
    });
    return engineInfo(info, version);
  }

  async knock(): Promise<void> {
    await this.#call((signal) => knock(this.#socketPath, signal));
  }

  async create(spec: ContainerSpec): Promise<ContainerId> {
    const container = await this.#change(
      (abortSignal) => this.#docker.createContainer({ ...createBody(spec), abortSignal }),
      'image_not_found',
    );
    return container.id as ContainerId;
  }

  async start(id: ContainerId): Promise<void> {
    await this.#change((abortSignal) => this.#docker.getContainer(id).start({ abortSignal }));
  }

  attach(id: ContainerId, events: AttachmentEvents): Promise<Attachment> {
    return this.#call((signal) => attach(this.#socketPath, id, events, signal));
  }

  async inspect(id: ContainerId, asked: ContainerSpec): Promise<RecordedContainer> {
    const answer = await this.#call((abortSignal) => this.#docker.getContainer(id).inspect({ abortSignal }));
    return recordedContainer(answer, asked);
  }

  async wait(id: ContainerId, timeoutMs: number, signal?: AbortSignal): Promise<ContainerExit> {
    const exitCode = await withinTime(timeoutMs, 'container_not_found', (late) =>
      waitForExit(this.#docker, id, signal === undefined ? late : AbortSignal.any([late, signal])),
    );
    const { State: state } = await this.#call(() => this.#docker.getContainer(id).inspect());
    return { exitCode, outOfMemory: state.OOMKilled };
  }

  sawEnd(id: ContainerId): Promise<boolean> {
    return this.#call((signal) => sawEnd(this.#docker, id, signal));
  }

  async pause(id: ContainerId): Promise<void> {
    await this.#change(() => this.#docker.getContainer(id).pause());
  }

  async resume(id: ContainerId): Promise<void> {
    await this.#change(() => this.#docker.getContainer(id).unpause());
  }

  /** Killing what has ended is what was wanted. */
  async kill(id: ContainerId): Promise<void> {
    await this.#unless(['container_not_found', 'conflict'], () =>
      this.#change(() => this.#docker.getContainer(id).kill({ signal: 'SIGKILL' })),
    );
  }

  async remove(id: ContainerId): Promise<void> {
    await this.#unless(['container_not_found'], () =>
      this.#change((signal) => removeContainer(this.#docker, id, signal)),
    );
  }

  async list(labels: Readonly<Record<string, string>>): Promise<readonly ListedContainer[]> {
    const filters = { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) };
    const found = await this.#call((abortSignal) => this.#docker.listContainers({ all: true, filters, abortSignal }));
    return found.map((container) => ({
      id: container.Id as ContainerId,
      labels: container.Labels,
      running: container.State === 'running',
      createdAt: new Date(container.Created * 1000),
    }));
  }

  firstPathInImage(
    imageId: string,
    paths: readonly string[],
    labels: Readonly<Record<string, string>>,
  ): Promise<string | undefined> {
    return this.#change((signal) => firstPathInImage(this.#docker, imageId, paths, labels, signal), 'image_not_found');
  }

  findImage(reference: string): Promise<EngineImage | undefined> {
    return this.#images.find(reference);
  }

  listImages(labels: Readonly<Record<string, string>>): Promise<readonly EngineImage[]> {
    return this.#images.list(labels);
  }

  pullImage(reference: string, options: ProgressOptions): Promise<EngineImage> {
    return this.#images.pull(reference, options);
  }

  importImage(rootFileSystem: NodeJS.ReadableStream, options: ImportOptions): Promise<EngineImage> {
    return this.#images.import(rootFileSystem, options);
  }

  buildImage(context: NodeJS.ReadableStream, options: BuildOptions): Promise<EngineImage> {
    return this.#images.build(context, options);
  }

  removeImage(id: string): Promise<void> {
    return this.#images.remove(id);
  }

  #call<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withinTime(this.#callTimeoutMs, 'container_not_found', work);
  }

  #change<T>(
    work: (signal: AbortSignal) => Promise<T>,
    missing: 'container_not_found' | 'image_not_found' = 'container_not_found',
  ): Promise<T> {
    return withinTime(this.#changeTimeoutMs, missing, work);
  }

  async #unless(wanted: readonly EngineErrorCode[], work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof EngineError) || !wanted.includes(error.code)) throw error;
    }
  }
}
