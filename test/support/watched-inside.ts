// Loaded into a server's process before the server itself, so that what it holds can be asked for while it is attacked.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { footprint, type Footprint } from './footprint.ts';
import { liveBytes } from './live-bytes.ts';

/** `live bytes` collects garbage first, some times over, which takes a while. */
export type InsideQuestion = 'footprint' | 'live bytes';

export type InsideAnswer =
  | { readonly about: 'footprint'; readonly footprint: Footprint; readonly loopLagMs: number }
  | { readonly about: 'live bytes'; readonly liveBytes: number }
  /** Nobody asked: something was thrown that nobody caught. The process ends of it, as it would without us. */
  | { readonly about: 'stray'; readonly thrown: string };

const tell = (answer: InsideAnswer): void => {
  process.send?.(answer);
};
const loop = monitorEventLoopDelay({ resolution: 10 });
loop.enable();

process.on('message', (question: InsideQuestion) => {
  switch (question) {
    case 'footprint':
      tell({ about: 'footprint', footprint: footprint(), loopLagMs: loop.max / 1e6 });
      loop.reset();
      break;
    case 'live bytes':
      void liveBytes().then((bytes) => {
        tell({ about: 'live bytes', liveBytes: bytes });
      });
      break;
    default:
      question satisfies never;
  }
});
process.on('uncaughtExceptionMonitor', (thrown) => {
  tell({ about: 'stray', thrown: String(thrown) });
});
// The test that asked has gone, however it ended.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// A server that has stopped must be able to exit.
process.channel?.unref();
