// Preloaded into a server whose memory is measured: tells its parent, when asked, what is in use once garbage is collected.
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

process.on('message', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  // What is outside of V8's heap, as buffers are, is given back by tasks that run after a collection.
  for (let collections = 0; collections < 5; collections++) {
    collect();
    await pause(100);
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send({ liveBytes: heapUsed + external });
});
// The server decides when its process ends.
process.channel.unref();
