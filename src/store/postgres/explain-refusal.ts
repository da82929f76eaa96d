import { SraasError } from '../../errors.ts';
import type { DatabaseAddress } from '../database-address.ts';
import { sqlState, sqlStateOf } from './postgres-failure.ts';

/** Says to whoever starts a server why it cannot have its database: one sentence with what to do, and never the password. */
export function explainRefusal(error: unknown, address: DatabaseAddress): unknown {
  if (!(error instanceof SraasError) || error.code !== 'STORE_UNAVAILABLE' || error.cause === undefined) return error;
  return new SraasError('STORE_UNAVAILABLE', sentence(error.cause, address), { cause: error.cause });
}

function sentence(cause: unknown, { host, database }: DatabaseAddress): string {
  const state = sqlStateOf(cause);
  const said = cause instanceof Error ? cause.message : String(cause);
  if (state === undefined && isAboutCertificate(cause)) {
    return (
      `The certificate of the PostgreSQL at ${host} is not to be trusted (${reason(cause)}): name the file of who issued it ` +
      'with sslrootcert in --database-url, and the server as the certificate does.'
    );
  }
  if (state === undefined) {
    return `No PostgreSQL could be reached at ${host} (${reason(cause)}): start it, or correct --database-url.`;
  }
  if (state === sqlState.noSuchDatabase) {
    return `The PostgreSQL at ${host} has no database ${database}: create it, or correct --database-url.`;
  }
  // Class 28 is a refused user, 42501 a missing right.
  if (state.startsWith('28')) {
    return `The PostgreSQL at ${host} refuses this user (${said}): correct user and password in --database-url.`;
  }
  return `The PostgreSQL at ${host} cannot be used just now (${said}): try again in a moment.`;
}

/** By the codes that OpenSSL and Node give to what does not verify. Source: Node's documentation of tls, X509 certificate error codes. */
function isAboutCertificate(cause: unknown): boolean {
  return /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY|DECODE)_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/.test(
    reason(cause),
  );
}

/** Several addresses of one name fail together, each for its own reason, with no text of their own. */
function reason(cause: unknown): string {
  if (cause instanceof AggregateError) return [...new Set(cause.errors.map(reason))].join(', ');
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
}
