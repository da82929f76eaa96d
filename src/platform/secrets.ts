import { join } from 'node:path';
import { namedSecrets } from '../functions/named-secrets.ts';
import type { Pools } from '../sandboxes/pools.ts';
import { KeyHolder } from '../secrets/key-holder.ts';
import { isExposed } from '../secrets/secrets-key.ts';
import { Secrets } from '../secrets/secrets.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import type { Surroundings } from './surroundings.ts';

/** @throws SraasError STORE_UNAVAILABLE when the secrets that there are cannot be opened with the key that there is. */
export async function openSecrets(
  { config, logger, clock }: Surroundings,
  store: { readonly secrets: SecretStore },
): Promise<Secrets> {
  const { secretsKeyFile, dataDirectory } = config;
  const isGiven = secretsKeyFile !== '';
  const path = isGiven ? secretsKeyFile : join(dataDirectory, 'secrets.key');
  const keys = new KeyHolder({ store: store.secrets, path, mayMake: !isGiven });
  await keys.open();
  if (keys.hasKey && (await isExposed(path))) {
    logger.warn('Other users of this machine can read the key of the secrets; take that from them', { path });
  }
  return new Secrets({ store: store.secrets, keys, clock });
}

/** Calls that come after a secret was set see its new value: the sandboxes that know the old one are let go. */
export function renewUsersOfSecrets(secrets: Secrets, pools: Pick<Pools, 'renewThose'>): void {
  secrets.onSet((name) => {
    pools.renewThose(({ config }) => namedSecrets(config).includes(name));
  });
}
