import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import { node } from './language.ts';
import { asPlainProcess } from './plain-process.ts';
import type { StartShim } from './shim-process.ts';

/** The Node binaries that the shim is shown on: this one, and those in SRAAS_TEST_NODES, separated like a PATH. */
export const nodePrograms: readonly string[] = [
  process.execPath,
  ...(process.env['SRAAS_TEST_NODES'] ?? '').split(delimiter).filter((program) => program !== ''),
];

export interface BundledShim {
  /** Path of the one file that it is. */
  readonly file: string;
  readonly command: (program: string) => StartShim;
  readonly remove: () => void;
}

/** The Node shim as the build makes it, in a folder of its own. */
export async function bundleNodeShim(): Promise<BundledShim> {
  const directory = mkdtempSync(join(tmpdir(), 'sraas-bundle-'));
  const outfile = join(directory, 'shim.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, '../../runtime/node/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    supported: { 'dynamic-import': true },
    logLevel: 'warning',
  });
  return {
    file: outfile,
    command: (program) => asPlainProcess({ program, arguments: [outfile], codeDirectory: node.handlers }),
    remove: () => {
      rmSync(directory, { recursive: true });
    },
  };
}
