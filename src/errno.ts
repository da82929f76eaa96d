/** Whether a system call failed, and by one of these codes: `ENOENT` for example. Source: errno(3). */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => error.code === code);
}
