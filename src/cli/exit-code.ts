/** What the process tells its caller: docs and scripts rely on these numbers. */
export const exitCodes = {
  ok: 0,
  /** The platform did its part; a function ended in another way than `ok`, or an image could not be built. */
  functionFailed: 1,
  /** The command, its options or its input are wrong; nothing was changed. */
  usage: 2,
  /** The server or the engine is away or failed. */
  platform: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
