import { pointerTo } from '../documents/json-pointer.ts';
import { SraasError, type Violation } from '../errors.ts';
import type { FunctionConfig } from './function.ts';

type NamingConfig = Pick<FunctionConfig, 'secrets' | 'async'>;

/** The secrets that a deploy may name. */
export interface SecretDirectory {
  /** Those of the names that no secret has. */
  missing(names: readonly string[]): Promise<readonly string[]>;
}

/** The names of all secrets that a config needs, for its handler or for its webhook: each once, sorted. */
export function namedSecrets({ secrets, async }: NamingConfig): readonly string[] {
  const { webhookSecret } = async;
  return [...new Set([...Object.values(secrets), ...(webhookSecret === undefined ? [] : [webhookSecret])])].sort();
}

/** @throws SraasError INVALID_SECRET, with every place of the config that names a secret which is not there. */
export async function requireSecrets(directory: SecretDirectory, config: NamingConfig): Promise<void> {
  const names = namedSecrets(config);
  if (names.length === 0) return;
  const missing = await directory.missing(names);
  if (missing.length > 0) throw unknownSecrets(config, missing);
}

export function unknownSecrets({ secrets, async }: NamingConfig, missing: readonly string[]): SraasError {
  const violations: Violation[] = Object.entries(secrets)
    .filter(([, secret]) => missing.includes(secret))
    .map(([variable, secret]) => ({
      pointer: `/secrets${pointerTo(variable)}`,
      message: `names the secret ${secret}, which is not there`,
    }));
  if (async.webhookSecret !== undefined && missing.includes(async.webhookSecret)) {
    violations.push({
      pointer: '/async/webhook_secret',
      message: `names the secret ${async.webhookSecret}, which is not there`,
    });
  }
  const [first = ''] = missing;
  const others = missing.length > 1 ? ` (and ${missing.length - 1} more)` : '';
  return new SraasError('INVALID_SECRET', `There is no secret ${first}${others}: set it first.`, { violations });
}

/**
 * A program has no shim that could be handed a secret: its environment would be part of its container's record on the engine.
 * @throws SraasError INVALID_SECRET when a config without a handler wants secrets in its environment.
 */
export function refuseSecretsOfPrograms({ secrets }: NamingConfig, hasHandler: boolean): void {
  if (hasHandler || Object.keys(secrets).length === 0) return;
  throw new SraasError(
    'INVALID_SECRET',
    'Secrets reach handlers only, and this runtime is a program, whose environment the engine keeps a record of: leave secrets out.',
    { violations: [{ pointer: '/secrets', message: 'must be left out: the runtime is a program' }] },
  );
}
