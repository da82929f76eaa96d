import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineImage } from '../engine/engine.ts';
import { rootScript } from './base-recipe.ts';
import type { BaseOptions } from './base.ts';
import type { Distribution } from './distribution.ts';
import type { ImageEngine } from './image-engine.ts';
import { programFailure } from './program-failure.ts';
import { runProgram } from './run-program.ts';
import { imageLabel, newestImage } from './runtime-image.ts';
import type { Runtime } from './runtime.ts';
import { withWorkDirectory } from './work-directory.ts';

/** Namespaces of its own for what is run in them: a kill takes everything along, mounts too. */
const isolation = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'];

export interface RootRequest {
  /** The folder `images/base`. */
  readonly baseDirectory: string;
  /** The runtime that it is first needed for. */
  readonly runtime: Pick<Runtime, 'name'>;
  readonly distribution: Distribution;
  /** Names what the root file system is made from. */
  readonly recipe: string;
  /** The repository part of its name; the distribution's own when left out. */
  readonly repository?: string;
  /** What is in it beside the distribution's minimum. */
  readonly packages: readonly string[];
}

/** The image of a small root file system of a release: the one that the engine has, or one made now. */
export async function debianRoot(
  engine: ImageEngine,
  request: RootRequest,
  { steps, force, signal }: BaseOptions,
): Promise<EngineImage> {
  const { distribution, recipe } = request;
  const repository = request.repository ?? `sraas/base-${distribution.id}`;
  const labels = { [imageLabel.baseOf]: distribution.id, [imageLabel.recipe]: recipe };
  const present = force ? undefined : await newestImage(engine, repository, labels);
  if (present !== undefined) return present;
  return withWorkDirectory(async (directory) => {
    await steps.run(`making a root file system of ${distribution.id} ${distribution.codename}`, (onDetail) =>
      makeRoot(request, directory, withoutAddresses(onDetail), signal),
    );
    return steps.run('importing the root file system', (onProgress) =>
      engine.importImage(createReadStream(join(directory, 'root.tar')), {
        reference: `${repository}:${recipe.slice(0, 12)}`,
        labels,
        onProgress,
        ...(signal === undefined ? {} : { signal }),
      }),
    );
  });
}

async function makeRoot(
  { baseDirectory, runtime, distribution, packages }: RootRequest,
  directory: string,
  onLine: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { keyring, codename, mirror, aptLines } = distribution;
  await writeFile(join(directory, 'apt-sources.list'), aptLines.map((line) => `${line}\n`).join(''));
  const script = rootScript(baseDirectory);
  const command = ['sh', script, directory, keyring, codename, mirror, ...packages];
  const options = { workingDirectory: directory, onLine, ...(signal === undefined ? {} : { signal }) };
  await runProgram('unshare', [...isolation, ...command], options).catch((error: unknown) => {
    throw programFailure(runtime, `debootstrap could not make a root file system of ${codename}`, error);
  });
}

/** Where this machine's packages come from is for its owner to know, not for logs and recordings of a terminal. */
function withoutAddresses(onLine: (line: string) => void): (line: string) => void {
  return (line) => {
    if (!line.includes('://')) onLine(line.replace(/^I: /, ''));
  };
}
