import { readSwitches } from './setup/options.mjs';
import { engineSwitch, ensurePlatform } from './setup/platform.mjs';
import { ensureServer } from './setup/server.mjs';
import { serverSettings } from './setup/server-settings.mjs';
import { runScript } from './setup/setup-error.mjs';

await runScript(async () => {
  const switches = readSwitches({
    usage: 'npm run up [-- --no-engine-setup]',
    summary: 'Sets up what is missing and starts the server in the background. What is in place already is left alone.',
    switches: engineSwitch,
  });
  if (switches === undefined) return;
  const settings = serverSettings();
  const engine = await ensurePlatform({ allowSetup: !switches['no-engine-setup'] });
  await ensureServer({ engine, settings });
  const at = settings.port === 8080 ? '' : ` --url ${settings.url}`;
  console.log(`
The server runs at ${settings.url}; \`npm run down\` stops it. Next:

  npx sraas deploy examples/hello${at}
  npx sraas invoke hello -e '{"a":4,"b":1}'${at}
  curl -s ${settings.url}/functions/hello/invoke -H 'content-type: application/json' -d '{"version":"v1","event":{"a":4,"b":1}}'`);
});
