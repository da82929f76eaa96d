import type { PagedDocuments } from '../wire/page.ts';
import { ClientError } from './client-error.ts';
import type { Connection } from './connection.ts';
import { exchange } from './exchange.ts';

interface Wanted {
  /** Other parameters of the list's query. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** At most so many; all of them when left out. */
  readonly most?: number | undefined;
}

/** The server gives no more than this at a time. */
const mostPerPage = 1000;

/**
 * What a list of the API holds, one after the other. A page is fetched when its first document is asked for, and none after what
 * was wanted.
 * @param path of the list.
 * @param member of its pages that holds the documents.
 * @throws ClientError as {@link exchange} does; UNEXPECTED_REPLY for what is no page, and for a cursor that came before, which
 * would go on for ever.
 */
export async function* pages<Member extends keyof PagedDocuments>(
  connection: Connection,
  path: string,
  member: Member,
  { query = {}, most = Infinity }: Wanted = {},
): AsyncGenerator<PagedDocuments[Member], void, undefined> {
  const parameters = new URLSearchParams(query);
  const followed = new Set<unknown>();
  let left = most;
  for (;;) {
    if (left < Infinity) parameters.set('limit', String(Math.min(left, mostPerPage)));
    const asked = parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
    const { document } = await exchange(connection, { method: 'GET', path: asked });
    const { [member]: documents, next_cursor: cursor } = (document ?? {}) as Readonly<Record<string, unknown>>;
    if (!Array.isArray(documents)) throw notUnderstood(connection, `has no ${member}`);
    yield* (documents as readonly PagedDocuments[Member][]).slice(0, left);
    left -= documents.length;
    if (cursor === null || left <= 0) return;
    if (typeof cursor !== 'string') throw notUnderstood(connection, 'does not say whether it is the last');
    if (followed.has(cursor)) throw notUnderstood(connection, 'leads back to one before it');
    followed.add(cursor);
    parameters.set('cursor', cursor);
  }
}

function notUnderstood({ url }: Connection, why: string): ClientError {
  const sentence = `What answers at ${url} sent a page of a list that ${why}: use a client of its version.`;
  return new ClientError('UNEXPECTED_REPLY', sentence);
}
