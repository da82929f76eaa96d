import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';
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
}

/** The Node shim as the build makes it, in a folder of its own, for the tests of a file: there before the first, gone after the last. */
export function bundledNodeShim(): BundledShim {
  const directory = mkdtempSync(join(tmpdir(), 'sraas-bundle-'));
  const file = join(directory, 'shim.cjs');
  beforeAll(() =>
    build({
      entryPoints: [join(import.meta.dirname, '../../runtime/node/main.ts')],
      outfile: file,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      supported: { 'dynamic-import': true },
      logLevel: 'warning',
    }),
  );
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });
  return { file, command: (program) => asPlainProcess({ program, arguments: [file], codeDirectory: node.handlers }) };
}
