import { isObject, memberOf } from '../documents/json-object.ts';
import { SraasError } from '../errors.ts';
import { defaultLimits } from './function-policy.ts';
import { configToWire } from './function-config-wire.ts';
import type { FunctionConfig } from './function.ts';
import { mergePatch } from './merge-patch.ts';

/**
 * A version's config with a JSON merge patch applied, as a document that is still to be checked.
 * @throws SraasError `INVALID_CONFIG` when the patch is no object.
 */
export function patchedConfig(config: FunctionConfig, patch: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(patch)) {
    throw new SraasError(
      'INVALID_CONFIG',
      'Send a JSON object with the members to change, like {"limits":{"memory_mb":512}}.',
    );
  }
  const document = { ...configToWire(config) };
  const limits = memberOf(patch, 'limits');
  const givesWay =
    config.limits.tmpMb === defaultLimits.tmpMb &&
    memberOf(limits, 'memory_mb') !== undefined &&
    memberOf(limits, 'tmp_mb') === undefined;
  // Nobody is refused for a default that they did not write: left out, it follows the memory.
  const base = givesWay ? mergePatch(document, { limits: { tmp_mb: null } }) : document;
  return mergePatch(base, patch) as Readonly<Record<string, unknown>>;
}
