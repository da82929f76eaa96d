/** How long a connection without a request stays open, as its client is told; Node and we give it a second more (RFC 9112, section 9.5). */
export const keepAliveMs = 5000;

/** How long a client may take to read a reply once all of it has been written; as long as it may take to send a request. */
export const defaultReplyTimeoutMs = 120_000;
