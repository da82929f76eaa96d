import { SraasError } from '../errors.ts';

/** What a sandbox with a network is attached to. */
export interface NetworkAttachment {
  /** Name of one of the engine's networks. */
  readonly network: string;
  /** Addresses that names are looked up at. */
  readonly nameServers: readonly string[];
  /** Host file that names them to programs, which the sandbox sees as its `/etc/resolv.conf`. */
  readonly resolverFile: string;
}

/** The way out for sandboxes with `network: "egress"`, and the filter in it. */
export interface Egress {
  /**
   * For a sandbox that is about to start. Resolves once the filter has been seen in place after the call.
   * @throws SraasError EGRESS_UNAVAILABLE
   */
  attachment(): Promise<NetworkAttachment>;
  /**
   * For a call to a sandbox that runs already: the filter has been seen in place within the last seconds, or is now.
   * @throws SraasError EGRESS_UNAVAILABLE
   */
  confirm(): Promise<void>;
}

/** @throws SraasError NETWORK_NOT_ALLOWED when the operator gives no sandbox a network: a function may be older than that. */
export function requireEgress(egress: Egress | undefined): Egress {
  if (egress !== undefined) return egress;
  throw new SraasError(
    'NETWORK_NOT_ALLOWED',
    'The operator of this server no longer allows functions a network: deploy the function with network "none".',
  );
}
