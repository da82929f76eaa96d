import { delimiter, join } from 'node:path';
import { python } from './language.ts';
import { asPlainProcess } from './plain-process.ts';
import type { StartShim } from './shim-process.ts';

/**
 * The Pythons that the shim is shown on: the one on the path, which this machine has to have, and those in SRAAS_TEST_PYTHONS,
 * separated like a PATH.
 */
export const pythonPrograms: readonly string[] = [
  'python3',
  ...(process.env['SRAAS_TEST_PYTHONS'] ?? '').split(delimiter).filter((program) => program !== ''),
];

const main = join(import.meta.dirname, '../../runtime/python/main.py');

/** The Python shim with the options that a sandbox has. */
export function pythonShim(program: string): StartShim {
  const options = ['-I', '-B', '-X', 'utf8'];
  return asPlainProcess({ program, arguments: [...options, main], codeDirectory: python.handlers });
}
