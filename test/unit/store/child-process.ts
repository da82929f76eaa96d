import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** A test program made into one plain JavaScript file: it starts as fast as Node does, and under any Node. */
export async function bundle(program: URL): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-program-'));
  const path = join(directory, 'program.mjs');
  const binding = pathToFileURL(createRequire(import.meta.url).resolve('@photostructure/sqlite')).href;
  await build({
    entryPoints: [fileURLToPath(program)],
    outfile: path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    banner: {
      js: "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);",
    },
    plugins: [
      {
        name: 'binding-stays-outside',
        setup(pluginBuild) {
          pluginBuild.onResolve({ filter: /^@photostructure\/sqlite$/ }, () => ({ path: binding, external: true }));
        },
      },
    ],
  });
  return { path, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** Runs a bundled program until its first line of output, which says that it has done what it should. */
export async function startProgram(path: string, ...parameters: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [path, ...parameters], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const outcome = await Promise.race([
    once(lines, 'line').then(() => 'ready' as const),
    once(child, 'exit').then(([code]) => `exited with ${String(code)}`),
  ]);
  if (outcome !== 'ready') throw new Error(`the program ${outcome} before it was ready`);
  return child;
}

/** Ends a program the way a power cut does: it gets no chance to do anything. */
export async function killAtOnce(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
