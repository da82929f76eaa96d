import { constants } from 'node:os';

/** The number of a signal by its name; that of SIGKILL for a name that none has here. */
export function signalNumber(name: string | undefined): number {
  const numbers: Readonly<Record<string, number | undefined>> = constants.signals;
  return (name === undefined ? undefined : numbers[name]) ?? constants.signals.SIGKILL;
}
