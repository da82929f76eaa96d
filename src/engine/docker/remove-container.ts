import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { toEngineError } from './docker-error.ts';

const askAgainAfterMs = 20;

/**
 * Removes a container, running or not. Resolves when it has gone.
 *
 * The engine answers 409 at once while somebody else's removal is under way, and may give one up for a container that ends by
 * itself at that very moment: neither says that it has gone, so it is asked again until it has, or until the signal aborts.
 * Source: `ContainerRm` and `Kill` in moby's daemon.
 */
export async function removeContainer(docker: Docker, id: string, abortSignal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await docker.getContainer(id).remove({ force: true, v: true, abortSignal });
      return;
    } catch (error) {
      if (toEngineError(error, 'container_not_found').code !== 'conflict') throw error;
    }
    await delay(askAgainAfterMs, undefined, { signal: abortSignal });
  }
}
