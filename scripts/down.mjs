import { readSwitches } from './setup/options.mjs';
import { ServerProcess } from './setup/server-process.mjs';
import { serverSettings } from './setup/server-settings.mjs';
import { runScript, SetupError } from './setup/setup-error.mjs';
import { ok, step } from './setup/step.mjs';

await runScript(async () => {
  const switches = readSwitches({
    usage: 'npm run down',
    summary: 'Stops the server that `npm run up` started; running calls may finish.',
  });
  if (switches === undefined) return;
  const { dataDirectory, drainTimeoutMs } = serverSettings();
  const server = new ServerProcess(dataDirectory);
  const running = await server.find();
  if (running === undefined) {
    server.forget();
    ok('server', 'none is running that `npm run up` started');
    return;
  }
  await step('server', `stopping process ${running.pid} at ${running.url}`, 'stopped', async () => {
    if (await server.stop(running.pid, drainTimeoutMs + 10_000)) return;
    throw new SetupError(
      `The server (process ${running.pid}) has not ended yet: wait for its calls, or end it with \`kill -9 ${running.pid}\`.`,
    );
  });
});
