import type Docker from 'dockerode';

/**
 * Looks for paths in an image through a container that is made for it and never started: the engine tells of its files without
 * running any. Source: Docker Engine API 1.41, `HEAD /containers/{id}/archive`.
 */
export async function firstPathInImage(
  docker: Docker,
  imageId: string,
  paths: readonly string[],
  labels: Readonly<Record<string, string>>,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const container = await docker.createContainer({
    Image: imageId,
    // Never run, but an image without a command cannot be made a container of.
    Entrypoint: ['/nothing'],
    Cmd: [],
    Labels: { ...labels },
    NetworkDisabled: true,
    HostConfig: { NetworkMode: 'none' },
    abortSignal,
  });
  try {
    for (const path of paths) if (await has(container, path, abortSignal)) return path;
    return undefined;
  } finally {
    await container.remove({ force: true, v: true });
  }
}

async function has(container: Docker.Container, path: string, abortSignal: AbortSignal): Promise<boolean> {
  try {
    await container.infoArchive({ path, abortSignal });
    return true;
  } catch (error) {
    if ((error as { statusCode?: unknown }).statusCode === 404) return false;
    throw error;
  }
}
