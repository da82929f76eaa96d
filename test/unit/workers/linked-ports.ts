import type { LinkPort } from '../../../src/workers/link.ts';

/** The two ends of a channel within this process, which copies what goes through it, as one between processes does. */
export function linkedPorts(): readonly [LinkPort, LinkPort] {
  const listeners: [((message: unknown) => void)[], ((message: unknown) => void)[]] = [[], []];
  const port = (own: 0 | 1): LinkPort => ({
    send: (message, onSent) => {
      const copy: unknown = structuredClone(message);
      setImmediate(() => {
        for (const listener of listeners[own === 0 ? 1 : 0]) listener(copy);
        onSent(null);
      });
    },
    onMessage: (listener) => {
      listeners[own].push(listener);
    },
  });
  return [port(0), port(1)];
}
