import { SraasError } from '../errors.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import type { FunctionVersion } from '../functions/function.ts';
import type { InvocationRecord } from '../history/invocation-record.ts';

/** The version that an invocation was accepted for, or why it cannot be had. */
export type Pinned = { readonly version: FunctionVersion } | { readonly error: SraasError };

type Names = Pick<InvocationRecord, 'functionId' | 'functionName' | 'functionVersion'>;

/**
 * Finds the version that an invocation was accepted for. FUNCTION_NOT_FOUND or VERSION_NOT_FOUND when it is gone, also where
 * its name means another function by now. Never rejects.
 */
export async function pinnedVersion(
  catalog: Pick<FunctionCatalog, 'resolve'>,
  { functionId, functionName: name, functionVersion }: Names,
  tell: (error: unknown) => SraasError,
): Promise<Pinned> {
  try {
    const version = await catalog.resolve({ name, version: functionVersion });
    if (version.functionId === functionId) return { version };
    return {
      error: new SraasError('FUNCTION_NOT_FOUND', `The function ${name} that it was accepted for was removed.`),
    };
  } catch (error) {
    return { error: tell(error) };
  }
}
