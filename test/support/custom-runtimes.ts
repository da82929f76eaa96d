import type { TestServer } from './server.ts';

/** Removes all functions and custom runtimes of a server, and the images that were built for them. */
export async function removeAllImages({ client }: Pick<TestServer, 'client'>): Promise<void> {
  for await (const { name } of client.list()) await client.remove(name);
  for (const { name, kind } of await client.runtimes.list()) if (kind === 'custom') await client.runtimes.remove(name);
  await client.pruneImages();
}
