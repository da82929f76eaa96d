export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** The way to one server. */
export interface Connection {
  /** The server's address, without a slash at its end. */
  readonly url: string;
  readonly fetch: Fetch;
}
