import { constants } from 'node:os';

/** The signal that an exit code stands for, 128 and its number; undefined when it stands for none. */
export function signalName(exitCode: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => exitCode === 128 + number)?.[0];
}
