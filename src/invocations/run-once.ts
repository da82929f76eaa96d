import { randomUUID } from 'node:crypto';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { resolveHandler } from '../artifacts/handler-entry.ts';
import type { UploadedFile } from '../artifacts/upload.ts';
import { SraasError } from '../errors.ts';
import { refuseInstall } from '../functions/dependency-installer.ts';
import { parseFunctionConfig } from '../functions/function-config.ts';
import type { FunctionPolicy } from '../functions/function-policy.ts';
import type { FunctionId, FunctionVersion } from '../functions/function.ts';
import { refuseSecretsOfPrograms, requireSecrets, type SecretDirectory } from '../functions/named-secrets.ts';
import { handlerRulesOf, requireRuntime, type RuntimeDirectory } from '../functions/require-runtime.ts';
import { ownDockerfile } from '../runtimes/custom/runtime-name.ts';
import type { Pools } from '../sandboxes/pools.ts';
import type { InvocationRequest, Invoker } from './invoker.ts';
import type { Reply } from './reply.ts';

interface RunOnceParts {
  readonly artifacts: Pick<ArtifactStore, 'stage'>;
  readonly runtimes: RuntimeDirectory;
  readonly invoker: Pick<Invoker, 'run'>;
  readonly pools: Pick<Pools, 'retire'>;
  readonly policy: FunctionPolicy;
  readonly secrets: SecretDirectory;
}

/** What a handler that is never deployed goes by while it runs: who knows it may follow its logs. */
export function newRunId(): FunctionId {
  return `run-${randomUUID()}` as FunctionId;
}

/** Runs a handler that is never deployed: its code is on this host for the one invocation, and then gone. */
export class RunOnce {
  readonly #parts: RunOnceParts;

  constructor(parts: RunOnceParts) {
    this.#parts = parts;
  }

  /** @throws SraasError what a deploy and an invoke can fail with. */
  async run(
    configDocument: unknown,
    files: AsyncIterable<UploadedFile> | Iterable<UploadedFile>,
    request: InvocationRequest,
    functionId = newRunId(),
  ): Promise<Reply> {
    const { artifacts, runtimes, policy, invoker, pools } = this.#parts;
    const config = parseFunctionConfig(configDocument, policy, handlerRulesOf(runtimes));
    if (config.runtime === ownDockerfile) throw refuseDockerfile();
    if (config.dependencies === 'install') throw refuseInstall('that takes a deploy: deploy it, and invoke it then');
    const { language } = requireRuntime(runtimes, config.runtime);
    refuseSecretsOfPrograms(config, language !== undefined);
    await requireSecrets(this.#parts.secrets, config);
    const staged = await artifacts.stage(files, { language: language ?? 'other' });
    try {
      const handler =
        language === undefined || config.handler === undefined
          ? undefined
          : resolveHandler(config.handler, staged.files, language);
      const version: FunctionVersion = {
        functionId,
        functionName: 'run',
        number: 1,
        config: { ...config, isolation: 'fresh', concurrency: { max: 1, warmMin: 0 } },
        artifactHash: staged.hash,
        artifactBytes: staged.sizeBytes,
        entry: handler && { ...handler, sourceMaps: staged.hasSourceMaps },
        createdAt: new Date(),
      };
      return await invoker.run({ version, codeDirectory: staged.directory }, request);
    } finally {
      pools.retire(functionId);
      await staged.discard();
    }
  }
}

/** A build for one call would be lost on it. */
function refuseDockerfile(): SraasError {
  const message = 'The runtime "dockerfile" is for functions that are deployed: deploy it, and invoke it then.';
  return new SraasError('INVALID_CONFIG', message, { violations: [{ pointer: '/runtime', message }] });
}
