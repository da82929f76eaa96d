import { activeResources } from './originals.ts';

/**
 * How many timers, immediates and child processes keep this process busy, in Node's own count
 * (process.getActiveResourcesInfo). A handler that leaves more of them than it found would go on working, and printing, in
 * the next caller's time. Open connections do not count: keeping them is what a warm sandbox is for. What was unref'd, and
 * what worker threads do, is out of sight.
 */
export function countRunningWork(): number {
  const resources = activeResources();
  let running = 0;
  // User code may have replaced what for-of calls.
  // oxlint-disable-next-line typescript/prefer-for-of
  for (let index = 0; index < resources.length; index += 1) {
    const resource = resources[index];
    if (resource === 'Timeout' || resource === 'Immediate' || resource === 'ProcessWrap') running += 1;
  }
  return running;
}
