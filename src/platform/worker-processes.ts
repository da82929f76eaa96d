import cluster from 'node:cluster';
import { once } from 'node:events';
import { join } from 'node:path';
import { workerGreeting, type WorkerProcess } from '../workers/worker-processes.ts';

/** Starts processes of the installed product that share their port. */
export function workerSpawner(installDirectory: string): () => WorkerProcess {
  cluster.setupPrimary({ exec: join(installDirectory, 'dist', 'src', 'main.js'), args: [], serialization: 'advanced' });
  // Where each takes connections by itself, whoever wakes first takes all that wait.
  cluster.schedulingPolicy = process.env['SRAAS_SCHED'] === 'none' ? cluster.SCHED_NONE : cluster.SCHED_RR;
  return () => {
    const worker = cluster.fork();
    // What cannot be sent any more is told by the end of the process.
    worker.on('error', () => undefined);
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
