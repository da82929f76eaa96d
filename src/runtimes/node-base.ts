import { join } from 'node:path';
import type { LanguageBase } from './language-base.ts';
import { fetchNodeProgram } from './node-program.ts';
import { fetchNpmProgram } from './npm-program.ts';
import { programFailure } from './program-failure.ts';
import { rootPackages } from './root-packages.ts';

/** Node on this machine's own release: the official program and the npm that belongs to it, both from npm. */
export const nodeBase: LanguageBase = {
  root: (_runtime, machine) => ({ distribution: machine, packages: rootPackages }),
  program: async (runtime, directory, { steps, signal }) => {
    const { node, npm } = await steps.run(`fetching Node ${runtime.majorVersion} from npm`, () =>
      fetchBoth(runtime.majorVersion, directory, signal).catch((error: unknown) => {
        throw programFailure(runtime, `npm could not fetch Node ${runtime.majorVersion}`, error);
      }),
    );
    return {
      name: `Node ${node.version} with npm ${npm.version}`,
      version: `${node.version} ${npm.version}`,
      files: [
        { name: 'node', source: node.path, executable: true },
        { name: 'npm.tar', source: npm.path },
      ],
    };
  },
};

async function fetchBoth(majorVersion: string, directory: string, signal: AbortSignal | undefined) {
  const node = await fetchNodeProgram(majorVersion, join(directory, 'node'), signal);
  return { node, npm: await fetchNpmProgram(majorVersion, join(directory, 'npm'), signal) };
}
