import { parseFunctionConfig } from '../../../src/functions/function-config.ts';
import { defaultFunctionPolicy } from '../../../src/functions/function-policy.ts';
import type { HandlerEntry } from '../../../src/functions/function.ts';
import type { VersionDraft } from '../../../src/functions/function-store.ts';
import type { ArtifactHash } from '../../../src/artifacts/artifact-hash.ts';

/** A draft whose code differs by `code`; `config` holds members in their wire form. */
export function draft(
  functionName: string,
  code = 'a',
  config: object = {},
): VersionDraft & { readonly entry: HandlerEntry } {
  return {
    functionName,
    config: parseFunctionConfig({ runtime: 'node24', handler: 'main.handler', ...config }, defaultFunctionPolicy),
    artifactHash: Buffer.from(code).toString('hex').padStart(64, '0') as ArtifactHash,
    artifactBytes: 123,
    entry: { file: 'main.mjs', exportName: 'handler', sourceMaps: false },
    createdAt: new Date('2026-01-02T03:04:05.678Z'),
  };
}
