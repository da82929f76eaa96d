/**
 * Refuses text that a database would cut at a NUL, or store with its lone surrogates replaced: it would hold something else
 * than was meant.
 *
 * @throws TypeError
 */
export function refuseMangledText(parameters: readonly unknown[]): void {
  for (const parameter of parameters) {
    if (typeof parameter === 'string' && (parameter.includes('\0') || !parameter.isWellFormed())) {
      throw new TypeError(
        'text for the database must be well-formed and without NUL; keep other text as JSON or bytes',
      );
    }
  }
}
