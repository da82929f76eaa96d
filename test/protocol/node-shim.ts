import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import type { ShimCommand } from './shim-process.ts';

/** The Node binaries that the shim is shown on: this one, and those in SRAAS_TEST_NODES, separated like a PATH. */
export const nodePrograms: readonly string[] = [
  process.execPath,
  ...(process.env['SRAAS_TEST_NODES'] ?? '').split(delimiter).filter((program) => program !== ''),
];

const nodeHandlers = join(import.meta.dirname, '../fixtures/handlers/node');

export interface BundledShim {
  readonly command: (program: string) => ShimCommand;
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
    command: (program) => ({ program, arguments: [outfile], codeDirectory: nodeHandlers }),
    remove: () => {
      rmSync(directory, { recursive: true });
    },
  };
}
