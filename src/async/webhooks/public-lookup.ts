import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isSpecialAddress } from '../../networks/special-addresses.ts';

/** A webhook that leads to an address which is not public. Its message names no address: the function's owner may be told it. */
export class NotPublicError extends Error {
  override readonly name = 'NotPublicError';

  constructor() {
    super('its host is not a public address, which this server does not call');
  }
}

type Lookup = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Resolves names for a connection, and refuses those of which any address is not public: a name must not be a way around the
 * rules by having several. What this gives is what is connected to, so a name that changes its mind has no second chance.
 */
export function publicLookup(lookup: Lookup = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      // There are no addresses, not even none of them, beside an error.
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const [first] = addresses;
      if (first === undefined || addresses.some(({ address }) => isSpecialAddress(address)))
        callback(new NotPublicError(), '', 0);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** A URL with an address for its host is connected to without any look-up. */
export function isSpecialHost({ hostname }: URL): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  return isIP(address) !== 0 && isSpecialAddress(address);
}
