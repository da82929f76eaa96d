import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { join } from 'node:path';
import { workerGreeting, type WorkerProcess } from '../workers/worker-processes.ts';

/** Starts processes of the installed product that share their port. */
export function workerSpawner(installDirectory: string): () => WorkerProcess {
  cluster.setupPrimary({ exec: join(installDirectory, 'dist', 'src', 'main.js'), args: [], serialization: 'advanced' });
  // Else whoever wakes first takes all connections that wait: docs/performance.md has figures.
  cluster.schedulingPolicy = cluster.SCHED_RR;
  return () => {
    const worker = cluster.fork();
    // What cannot be sent any more is told by the end of the process.
    worker.on('error', () => undefined);
    dropWhatItDidNotTake(worker);
    // In the order in which they were to be sent.
    const greeted = once(worker, 'message');
    greeted.catch(() => undefined);
    return {
      processId: worker.process.pid ?? 0,
      send: (message, onSent) => {
        void greeted.then(() => worker.send(message as object, undefined, onSent));
      },
      onMessage: (listener) => {
        worker.on('message', (message: unknown) => {
          if (message !== workerGreeting) listener(message);
        });
      },
      onExit: (listener) => {
        worker.once('exit', (code, signal: string | null) => {
          listener(signal ?? `exit code ${code}`);
        });
      },
      end: () => {
        if (worker.isConnected()) worker.process.disconnect();
      },
      kill: () => {
        worker.process.kill('SIGKILL');
      },
    };
  };
}

/**
 * A connection that a worker was sent and had not taken when it died would stay open without an answer: Node's cluster waits for
 * the worker to take it. Closed here, its client learns of it. One that was taken is closed already. Cluster goes on to send some until
 * it has seen both the end of the process and that of the channel to it.
 */
function dropWhatItDidNotTake({ process }: Worker): void {
  const sent = new Set<{ close: () => void }>();
  let hasGone = false;
  const send = process.send.bind(process);
  process.send = (...given: readonly unknown[]): boolean => {
    const [, handle] = given;
    if (isClosable(handle)) {
      if (hasGone) {
        handle.close();
        return false;
      }
      sent.add(handle);
      if (sent.size > mostUntaken) sent.delete([...sent][0] ?? handle);
    }
    return (send as (...args: readonly unknown[]) => boolean)(...given);
  };
  const drop = (): void => {
    hasGone = true;
    for (const handle of sent) handle.close();
    sent.clear();
  };
  process.once('exit', drop);
  process.once('disconnect', drop);
}

/** They are sent one at a time; those before have been taken. */
const mostUntaken = 8;

function isClosable(handle: unknown): handle is { close: () => void } {
  return typeof handle === 'object' && handle !== null && 'close' in handle && typeof handle.close === 'function';
}
