import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Subjects } from './subjects.ts';

const run = promisify(execFile);

/** What everybody can do without this product: a container for one command, by the engine's own program. Gives what it wrote. */
export async function dockerRun({ engineHost }: Subjects, image: string, command: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run('docker', ['run', '--rm', image, ...command], {
    env: { ...process.env, DOCKER_HOST: engineHost },
  });
  return stdout + stderr;
}

/** The images of a server's runtimes, by the runtimes' names. */
export async function imagesOf({ client }: Awaited<ReturnType<Subjects['server']>>): Promise<(name: string) => string> {
  const images = new Map((await client.runtimes.list()).map(({ name, image }) => [name, image]));
  return (name) => {
    const image = images.get(name);
    if (image === undefined)
      throw new Error(`The runtime ${name} has no image: run \`npx sraas images build ${name}\`.`);
    return image;
  };
}
