import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildStamp, inputsHash } from './setup/build.mjs';
import { linkCommand } from './setup/command-link.mjs';
import { readSwitches } from './setup/options.mjs';
import { runVisibly } from './setup/program.mjs';
import { mainProgram, project } from './setup/project.mjs';
import { replaceFiles } from './setup/replace-files.mjs';
import { runScript } from './setup/setup-error.mjs';

await runScript(async () => {
  if (
    readSwitches({
      usage: 'npm run build',
      summary: 'Compiles the product into dist/ and puts the shims beside it.',
    }) === undefined
  )
    return 0;
  // Taken first: a source that changes during the build makes it stale.
  const inputs = inputsHash();
  const compiler = join(project, 'node_modules/typescript/bin/tsc');
  // One by one: --build goes by the dates of files, and takes what an older archive brought for compiled.
  for (const part of ['runtime', 'src']) {
    const exitCode = await runVisibly(process.execPath, [compiler, '-p', part]);
    if (exitCode !== 0) return exitCode;
  }
  await bundleNodeShim();
  copyPythonShim();
  chmodSync(mainProgram, 0o755);
  linkCommand();
  writeFileSync(buildStamp, `${JSON.stringify({ inputs })}\n`);
  return 0;
});

/** One file without dependencies, because it is mounted alone into sandboxes whose images know nothing of it. */
async function bundleNodeShim() {
  const { build } = await import('esbuild');
  const outfile = join(project, 'dist/shim/node/shim.cjs');
  // A running sandbox may have the old file mounted: replaced, not rewritten, it stays whole there.
  rmSync(outfile, { force: true });
  await build({
    absWorkingDir: project,
    entryPoints: ['runtime/node/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Left alone, so that CommonJS can still load a handler that is an ES module.
    supported: { 'dynamic-import': true },
    logLevel: 'warning',
  });
  // Sandboxes run under user ids of their own: anybody may read it, nobody write it.
  chmodSync(outfile, 0o444);
}

function copyPythonShim() {
  const source = join(project, 'runtime/python');
  const files = readdirSync(source, { recursive: true }).filter((file) => file.endsWith('.py'));
  replaceFiles(source, join(project, 'dist/shim/python'), files);
}
