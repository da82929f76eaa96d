import { SraasError } from '../errors.ts';
import { refusedUpload } from './refusal.ts';

/**
 * Runs a decoder. What it throws is the archive's fault, so it becomes `INVALID_ARTIFACT`; a failed system call
 * and a mistake of ours stay what they are.
 */
export async function* orDamaged<Item>(
  format: string,
  decode: () => AsyncIterable<Item>,
): AsyncGenerator<Item, void, undefined> {
  try {
    yield* decode();
  } catch (error) {
    throw damaged(format, error);
  }
}

function damaged(format: string, error: unknown): unknown {
  if (error instanceof SraasError || error instanceof TypeError || isSystemError(error)) return error;
  return refusedUpload(`The ${format} data is damaged or cut short: make the archive again and send all of it.`, error);
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
