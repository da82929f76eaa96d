import { docker } from './containers.ts';

/**
 * The reference of a base image that was made on this machine, for a Dockerfile's FROM: no registry need answer.
 * @param what `debian`, or the name of a built-in runtime.
 */
export async function localBase(what: string): Promise<string> {
  const repository = `sraas/base-${what}`;
  const images = await docker.listImages({ filters: { reference: [repository] } });
  // Several bases share a repository; the smallest holds the least that a test could rely on by accident.
  const [smallest] = images.sort((one, other) => one.Size - other.Size);
  const reference = smallest?.RepoTags?.find((tag) => tag.startsWith(`${repository}:`));
  if (reference !== undefined) return reference;
  const official = what.replace(/^(node|python)(.*)$/, '$1:$2-slim').replace(/^debian$/, 'debian:stable-slim');
  throw new Error(
    `There is neither ${repository} nor a stand-in for ${official}: run \`npx sraas images build\` first.`,
  );
}
