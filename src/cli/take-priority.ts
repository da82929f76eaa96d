import { readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * The server has to answer for others while one function keeps the machine busy. What this user or this machine does not permit is
 * left as it is.
 *
 * Where the kernel groups processes by session, a nice value counts within the session only, and the session has one of its own.
 * That is set as well when the session is the server's alone, and not a terminal's. Source: sched(7), "The autogroup feature".
 */
export function takePriority(nice: number): void {
  try {
    setPriority(nice);
    if (leadsSession()) writeFileSync('/proc/self/autogroup', String(nice));
  } catch {
    // Not permitted, or a kernel without such groups.
  }
}

/** Source: proc(5), `/proc/pid/stat`: the name may hold anything, so fields are counted from its end. */
function leadsSession(): boolean {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const [, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return session === stat.slice(0, stat.indexOf(' '));
}
