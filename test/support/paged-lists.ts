/** A list that comes in pages, of a server on which there is a function `many`. */
export interface PagedList {
  readonly path: string;
  /** What its entries are called in an answer. */
  readonly member: string;
  /** What names an entry, and is a cursor to what follows it. */
  readonly name: string;
}

export const pagedLists = {
  functions: { path: '/functions', member: 'functions', name: 'name' },
  versions: { path: '/functions/many/versions', member: 'versions', name: 'version' },
  invocations: { path: '/functions/many/invocations', member: 'invocations', name: 'id' },
  deadLetters: { path: '/dead-letters', member: 'dead_letters', name: 'id' },
  secrets: { path: '/secrets', member: 'secrets', name: 'name' },
} satisfies Readonly<Record<string, PagedList>>;

export interface Page {
  readonly status: number;
  /** Of a refusal. */
  readonly code: string | undefined;
  readonly entries: readonly string[];
  /** Null at the end, and with a refusal. */
  readonly next: string | null;
  readonly bytes: number;
}

/** @param query encoded. */
export async function readPage(url: string, { path, member, name }: PagedList, query: string): Promise<Page> {
  const response = await fetch(`${url}${path}?${query}`);
  const text = await response.text();
  const body = JSON.parse(text) as Readonly<Record<string, unknown>> & { code?: string; next_cursor?: string | null };
  const entries = (body[member] ?? []) as readonly Readonly<Record<string, unknown>>[];
  return {
    status: response.status,
    code: body.code,
    entries: entries.map((entry) => String(entry[name])),
    next: body.next_cursor ?? null,
    bytes: Buffer.byteLength(text),
  };
}

export function withCursor(cursor: string): string {
  return `cursor=${encodeURIComponent(cursor)}`;
}
