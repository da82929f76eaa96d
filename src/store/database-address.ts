const forms = ['disable', 'no-verify', 'require', 'verify-ca', 'verify-full'] as const;

/** Where a PostgreSQL is, in a form that may be shown: it has no password. */
export interface DatabaseAddress {
  /** For the client. Holds the password. */
  readonly url: string;
  readonly host: string;
  readonly database: string;
}

/**
 * Reads an address as `--database-url` takes it.
 *
 * @returns the address, or a sentence about what is wrong with it, which holds no part of it: it may have a password anywhere.
 */
export function readDatabaseUrl(text: string): DatabaseAddress | string {
  let url;
  try {
    url = new URL(text);
  } catch {
    return 'it must be an address such as postgres://user@host:5432/database, with special characters percent-encoded.';
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') return 'it must begin with postgres://.';
  const mode = url.searchParams.get('sslmode');
  if (mode !== null && !forms.some((form) => form === mode)) {
    return `its sslmode must be one of ${forms.join(', ')}: this client cannot try with TLS first and without it then.`;
  }
  // The client means this by all three, and would print a warning about the weaker ones.
  if (mode === 'require' || mode === 'verify-ca') url.searchParams.set('sslmode', 'verify-full');
  const socket = url.searchParams.get('host') ?? decodeURIComponent(url.hostname);
  const host = socket.startsWith('/') ? socket : `${socket === '' ? 'localhost' : socket}:${url.port || '5432'}`;
  return { url: url.href, host, database: decodeURIComponent(url.pathname.slice(1)) };
}
