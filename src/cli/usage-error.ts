/** What the user typed, or a file they named, cannot be used as it is. The message is one sentence that says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
