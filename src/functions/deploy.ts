import type { ArtifactStore, StagedArtifact } from '../artifacts/artifact-store.ts';
import { resolveHandler } from '../artifacts/handler-entry.ts';
import type { UploadedFile } from '../artifacts/upload.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { parseFunctionConfig } from './function-config.ts';
import { parseFunctionName } from './function-name.ts';
import type { FunctionPolicy } from './function-policy.ts';
import type { FunctionStore, Published } from './function-store.ts';
import type { DeployedFunction, FunctionConfig } from './function.ts';
import { requireRuntime, type RuntimeDirectory } from './require-runtime.ts';

interface DeployerParts {
  readonly store: Pick<FunctionStore, 'publish'>;
  readonly artifacts: Pick<ArtifactStore, 'stage'>;
  readonly runtimes: RuntimeDirectory;
  /** Told of every version that was published, before the deploy is acknowledged. */
  readonly catalog: { published(fn: DeployedFunction): void };
  readonly policy: FunctionPolicy;
  readonly clock: () => Date;
}

/** Turns a name, a config and uploaded files into a function's next version. */
export class Deployer {
  readonly #parts: DeployerParts;

  constructor(parts: DeployerParts) {
    this.#parts = parts;
  }

  /**
   * Checks everything, then stores the code, then publishes: whatever fails, the function is as it was. When it resolves,
   * code and version are durable. Code that was stored and then not published is left to the artifacts' collection, whose
   * grace time also protects code between the two steps.
   *
   * `files` are read once, and only when name, config and runtime are in order.
   *
   * @throws SraasError `INVALID_NAME`, `INVALID_CONFIG`, `NETWORK_NOT_ALLOWED`, `RUNTIME_NOT_FOUND`,
   * `HANDLER_FILE_NOT_FOUND`, and what artifacts and store throw.
   */
  async deploy(
    name: string,
    configDocument: unknown,
    files: AsyncIterable<UploadedFile> | Iterable<UploadedFile>,
  ): Promise<Published> {
    const functionName = parseFunctionName(name);
    const config = parseFunctionConfig(configDocument, this.#parts.policy);
    const { language } = requireRuntime(this.#parts.runtimes, config.runtime);
    const staged = await this.#parts.artifacts.stage(files, { language });
    try {
      return await this.#publish(functionName, config, language, staged);
    } finally {
      // Nothing happens to an artifact that was committed.
      await staged.discard();
    }
  }

  async #publish(
    functionName: string,
    config: FunctionConfig,
    language: Runtime['language'],
    staged: StagedArtifact,
  ): Promise<Published> {
    const handler = resolveHandler(config.handler, staged.files, language);
    await staged.commit();
    const published = await this.#parts.store.publish({
      functionName,
      config,
      artifactHash: staged.hash,
      artifactBytes: staged.sizeBytes,
      entry: { file: handler.file, exportName: handler.exportName, sourceMaps: staged.hasSourceMaps },
      createdAt: this.#parts.clock(),
    });
    if (published.outcome !== 'unchanged') this.#parts.catalog.published(published.fn);
    return published;
  }
}
