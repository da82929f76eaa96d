import { defaultFunctionPolicy } from '../../../src/functions/function-policy.ts';
import { parseFunctionConfig } from '../../../src/functions/function-config.ts';
import type { FunctionId, FunctionVersion } from '../../../src/functions/function.ts';

/** A version whose config says these things, in the words of the API, and the defaults else. */
export function versionWith(config: Readonly<Record<string, unknown>> = {}, functionName = 'hello'): FunctionVersion {
  return {
    functionId: `id-of-${functionName}` as FunctionId,
    functionName,
    number: 1,
    config: parseFunctionConfig({ runtime: 'node24', handler: 'main.handler', ...config }, defaultFunctionPolicy),
    artifactHash: 'abc' as FunctionVersion['artifactHash'],
    artifactBytes: 1,
    entry: { file: 'main.mjs', exportName: 'handler', sourceMaps: false },
    createdAt: new Date(0),
  };
}
