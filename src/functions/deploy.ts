import type { ArtifactStore, StagedArtifact } from '../artifacts/artifact-store.ts';
import { resolveHandler } from '../artifacts/handler-entry.ts';
import type { UploadedFile } from '../artifacts/upload.ts';
import { failpoint } from '../failpoints.ts';
import type { AnsweredKey } from '../idempotency/idempotency-store.ts';
import type { BuildLine } from '../runtimes/custom/build-source.ts';
import { ownDockerfile } from '../runtimes/custom/runtime-name.ts';
import { refuseInstall, type DependencyInstaller } from './dependency-installer.ts';
import { parseFunctionConfig } from './function-config.ts';
import { parseFunctionName } from './function-name.ts';
import type { FunctionPolicy } from './function-policy.ts';
import type { FunctionStore, Published, VersionDraft } from './function-store.ts';
import type { DeployedFunction, FunctionConfig, HandlerEntry } from './function.ts';
import { refuseSecretsOfPrograms, requireSecrets, type SecretDirectory } from './named-secrets.ts';
import { tagOfFunction } from './entity-tag.ts';
import { requireHolding, type Precondition } from './precondition.ts';
import { makeOwnImage, transpiled, type ImageMaker } from './own-image.ts';
import { handlerRulesOf, requireRuntime, type NamedRuntime, type RuntimeDirectory } from './require-runtime.ts';

interface DeployerParts {
  readonly store: Pick<FunctionStore, 'publish' | 'find'>;
  readonly artifacts: Pick<ArtifactStore, 'stage'>;
  readonly runtimes: RuntimeDirectory;
  readonly images: ImageMaker;
  readonly installer: DependencyInstaller;
  readonly secrets: SecretDirectory;
  /** Told of every version that was published, before the deploy is acknowledged. */
  readonly catalog: { published(fn: DeployedFunction): void };
  readonly policy: FunctionPolicy;
  readonly clock: () => Date;
}

interface DeployOptions {
  /** Told of the lines of a build, or of the install of packages, where there is one. */
  readonly onLine?: (line: BuildLine) => void;
  /** What has to hold of the function when the version is published. */
  readonly precondition?: Precondition | undefined;
  /** The answer to a request with a key, which is kept in the step that publishes. */
  readonly answered?: ((published: Published) => AnsweredKey) | undefined;
}

type Code = Pick<VersionDraft, 'entry' | 'imageKey' | 'usesCustomRuntime'> & { readonly code: StagedArtifact };

/** Turns a name, a config and uploaded files into a function's next version. */
export class Deployer {
  readonly #parts: DeployerParts;

  constructor(parts: DeployerParts) {
    this.#parts = parts;
  }

  /**
   * Checks everything, then stores the code, then publishes: whatever fails, the function is as it was. When it resolves,
   * code and version are durable. Code that was stored and then not published is left to the artifacts' collection, whose
   * grace time also protects code between the two steps. With the runtime `dockerfile` the image is built in between.
   *
   * `files` are read once, and only when name, config and runtime are in order.
   *
   * @throws SraasError `PRECONDITION_FAILED`, `INVALID_NAME`, `INVALID_CONFIG`, `NETWORK_NOT_ALLOWED`, `RUNTIME_NOT_FOUND`,
   * `INVALID_SECRET`, `HANDLER_FILE_NOT_FOUND`, `BUILD_REFUSED`, `RUNTIME_BUILD_FAILED`, `DEPENDENCIES_FAILED`, and what artifacts and store throw.
   */
  async deploy(
    name: string,
    configDocument: unknown,
    files: AsyncIterable<UploadedFile> | Iterable<UploadedFile>,
    options: DeployOptions = {},
  ): Promise<Published> {
    const { runtimes, artifacts, policy } = this.#parts;
    const { onLine = () => undefined, precondition, answered } = options;
    const functionName = parseFunctionName(name);
    // Before anything is built in vain; publishing looks again.
    if (precondition !== undefined) await this.#requireHolding(functionName, precondition);
    const config = parseFunctionConfig(configDocument, policy, handlerRulesOf(runtimes));
    await requireSecrets(this.#parts.secrets, config);
    const order = { functionName, config, precondition, answered };
    if (config.runtime === ownDockerfile) {
      if (config.dependencies === 'install') throw refuseInstall('a Dockerfile installs its packages itself, with RUN');
      return this.#deployWithImage(order, files, onLine);
    }
    const runtime = requireRuntime(runtimes, config.runtime);
    if (config.dependencies === 'install') {
      return this.#deployWithPackages(order, { runtime, files, onLine });
    }
    const staged = await artifacts.stage(files, { language: runtime.language ?? 'other' });
    try {
      const entry = resolveEntry(config, staged, runtime);
      return await this.#publish(order, {
        code: staged,
        entry,
        ...(runtime.isCustom === true ? { usesCustomRuntime: true } : {}),
      });
    } finally {
      // Nothing happens to an artifact that was committed.
      await staged.discard();
    }
  }

  async #deployWithPackages(order: Order, upload: PackagedUpload): Promise<Published> {
    const { config } = order;
    const { artifacts, installer } = this.#parts;
    const { language, isCustom } = upload.runtime;
    if (language === undefined || isCustom === true) throw refuseInstall('only the built-in runtimes install packages');
    const uploaded = await artifacts.stage(upload.files, { language: 'other' });
    let code = uploaded;
    try {
      if (language === 'node') code = await transpiled(uploaded, artifacts);
      const entry = resolveEntry(config, code, upload.runtime);
      const runtime = { name: config.runtime, language };
      const complete = await installer.addPackages({ runtime, uploaded, code, onLine: upload.onLine });
      const staged = await artifacts.stage(complete, { language: 'other' });
      try {
        return await this.#publish(order, { code: staged, entry });
      } finally {
        await staged.discard();
      }
    } finally {
      await code.discard();
      await uploaded.discard();
    }
  }

  async #deployWithImage(
    order: Order,
    files: AsyncIterable<UploadedFile> | Iterable<UploadedFile>,
    onLine: (line: BuildLine) => void,
  ): Promise<Published> {
    const { artifacts, images } = this.#parts;
    const upload = await artifacts.stage(files, { language: 'other' });
    try {
      const { code, entry, imageKey, release } = await makeOwnImage(order.config, upload, {
        artifacts,
        images,
        onLine,
      });
      try {
        return await this.#publish(order, { code, entry, imageKey });
      } finally {
        release();
        await code.discard();
      }
    } finally {
      await upload.discard();
    }
  }

  async #requireHolding(functionName: string, precondition: Precondition): Promise<void> {
    const fn = await this.#parts.store.find(functionName);
    requireHolding(precondition, fn && tagOfFunction(fn), `function ${functionName}`);
  }

  async #publish({ functionName, config, precondition, answered }: Order, { code, ...rest }: Code): Promise<Published> {
    refuseSecretsOfPrograms(config, rest.entry !== undefined);
    failpoint('deploy.staged');
    await code.commit();
    failpoint('deploy.code_kept');
    const draft = {
      functionName,
      config,
      artifactHash: code.hash,
      artifactBytes: code.sizeBytes,
      createdAt: this.#parts.clock(),
      ...(precondition === undefined ? {} : { precondition }),
      ...rest,
    };
    const published = await this.#parts.store.publish(draft, answered);
    failpoint('deploy.after_commit');
    if (published.outcome !== 'unchanged') this.#parts.catalog.published(published.fn);
    failpoint('deploy.activated');
    return published;
  }
}

/** A name and a config that have been checked. */
interface Order extends Pick<DeployOptions, 'precondition' | 'answered'> {
  readonly functionName: string;
  readonly config: FunctionConfig;
}

interface PackagedUpload {
  readonly runtime: NamedRuntime;
  readonly files: AsyncIterable<UploadedFile> | Iterable<UploadedFile>;
  readonly onLine: (line: BuildLine) => void;
}

function resolveEntry(
  { handler }: FunctionConfig,
  staged: StagedArtifact,
  { language }: NamedRuntime,
): HandlerEntry | undefined {
  if (language === undefined || handler === undefined) return undefined;
  const { file, exportName } = resolveHandler(handler, staged.files, language);
  return { file, exportName, sourceMaps: staged.hasSourceMaps };
}
