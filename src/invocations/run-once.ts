import { randomUUID } from 'node:crypto';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { resolveHandler } from '../artifacts/handler-entry.ts';
import type { UploadedFile } from '../artifacts/upload.ts';
import { parseFunctionConfig } from '../functions/function-config.ts';
import type { FunctionPolicy } from '../functions/function-policy.ts';
import type { FunctionId, FunctionVersion } from '../functions/function.ts';
import { requireRuntime, type RuntimeDirectory } from '../functions/require-runtime.ts';
import type { Pools } from '../sandboxes/pools.ts';
import type { InvocationRequest, Invoker } from './invoker.ts';
import type { Reply } from './reply.ts';

interface RunOnceParts {
  readonly artifacts: Pick<ArtifactStore, 'stage'>;
  readonly runtimes: RuntimeDirectory;
  readonly invoker: Pick<Invoker, 'run'>;
  readonly pools: Pick<Pools, 'retire'>;
  readonly policy: FunctionPolicy;
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
  ): Promise<Reply> {
    const { artifacts, runtimes, policy, invoker, pools } = this.#parts;
    const config = parseFunctionConfig(configDocument, policy);
    const { language } = requireRuntime(runtimes, config.runtime);
    const staged = await artifacts.stage(files, { language });
    const functionId = `run-${randomUUID()}` as FunctionId;
    try {
      const { file, exportName } = resolveHandler(config.handler, staged.files, language);
      const version: FunctionVersion = {
        functionId,
        functionName: 'run',
        number: 1,
        config: { ...config, isolation: 'fresh', concurrency: { max: 1, warmMin: 0 } },
        artifactHash: staged.hash,
        artifactBytes: staged.sizeBytes,
        entry: { file, exportName, sourceMaps: staged.hasSourceMaps },
        createdAt: new Date(),
      };
      return await invoker.run({ version, codeDirectory: staged.directory }, request);
    } finally {
      pools.retire(functionId);
      await staged.discard();
    }
  }
}
