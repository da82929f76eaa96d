import { once } from 'node:events';
import type Docker from 'dockerode';

/** What an engine remembers it tells at once. */
const listenMs = 500;

/**
 * Whether this engine has seen a container end. An engine that was started since finds it ended, and says exit code 255, or what
 * its predecessor wrote down on its own way out; of the end itself it has no event.
 *
 * Source: `GET /events` of the Engine API; moby keeps the last 256 events in memory.
 */
export async function sawEnd(docker: Docker, id: string, signal: AbortSignal): Promise<boolean> {
  // Without `until`, which would be read by the engine's clock.
  const events = await docker.getEvents({
    since: 1,
    filters: { container: [id], event: ['die'] },
    abortSignal: signal,
  });
  try {
    return await Promise.race([
      once(events, 'data').then(() => true),
      once(events, 'end').then(() => false),
      once(AbortSignal.timeout(listenMs), 'abort').then(() => false),
    ]);
  } finally {
    (events as NodeJS.ReadableStream & { destroy(): void }).destroy();
  }
}
