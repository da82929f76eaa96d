import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { deployWithPackages, installContainers } from '../support/install-server.ts';
import { npmArchive, npmLists, tarOf } from '../support/package-archives.ts';
import { startServer, type TestServer } from '../support/server.ts';

const config = { runtime: 'node24', handler: 'main.handler' };
const limits: Partial<Config> = {
  installNetwork: 'none',
  installTimeoutMs: 20_000,
  installMemoryMb: 256,
  maxArtifactBytes: 30_000_000,
};

let server: TestServer;
beforeAll(async () => {
  server = await startServer(limits);
});
afterAll(() => server.stop());

/** Deploys a function with a package whose install script is this. */
async function deployScript(name: string, script: string): Promise<string> {
  const archive = await npmArchive(
    { name: 'hostile', scripts: { postinstall: 'node attack.js' } },
    {
      'attack.js': script,
      'index.js': 'module.exports = 1;\n',
    },
  );
  const { said } = await deployWithPackages(server, name, config, {
    ...npmLists({ hostile: 'hostile.tgz' }, ['hostile']),
    'hostile.tgz': archive,
    'main.cjs': "exports.handler = () => require('hostile');\n",
  });
  return said;
}

const spin = 'for (;;) {}';
const attacks: readonly (readonly [what: string, script: string, code: string, sentence: RegExp])[] = [
  [
    'leaves a link to a file outside',
    "require('fs').symlinkSync('/etc/passwd', 'data.txt');",
    'DEPENDENCIES_FAILED',
    /data\.txt" is a symbolic link/,
  ],
  ['leaves a hard link', "require('fs').linkSync('index.js', 'second.js');", 'DEPENDENCIES_FAILED', /is a hard link/],
  [
    'leaves a FIFO',
    "require('child_process').execFileSync('mkfifo', ['pipe']);",
    'DEPENDENCIES_FAILED',
    /pipe" is a FIFO/,
  ],
  [
    'makes a device',
    "require('child_process').execFileSync('mknod', ['disk', 'b', '8', '0']);",
    'DEPENDENCIES_FAILED',
    /exit code 1/,
  ],
  ['never ends', spin, 'DEPENDENCIES_FAILED', /longer than the 20 s/],
  [
    'floods its output',
    "const text = 'x'.repeat(65536); for (;;) require('fs').writeSync(1, text);",
    'DEPENDENCIES_FAILED',
    /said too much/,
  ],
  [
    'fills its work folder',
    "const file = require('fs').openSync('big', 'w'); for (;;) require('fs').writeSync(file, Buffer.alloc(1 << 20));",
    'DEPENDENCIES_FAILED',
    /exit code|memory/,
  ],
  [
    'leaves more than code may have',
    "require('fs').writeFileSync('big', Buffer.alloc(60_000_000));",
    'ARTIFACT_TOO_LARGE',
    /more than the 30,000,000 bytes/,
  ],
  [
    'leaves much more than code may have',
    "require('fs').writeFileSync('big', Buffer.alloc(1 << 20)); for (let i = 0; i < 120; i++) require('fs').appendFileSync('big', Buffer.alloc(1 << 20));",
    'ARTIFACT_TOO_LARGE',
    /have more bytes/,
  ],
  [
    'takes all memory',
    'const all = []; for (;;) all.push(Buffer.alloc(1 << 24, 1));',
    'DEPENDENCIES_FAILED',
    /memory|exit code 137/,
  ],
];

describe('an install script', () => {
  it.each(attacks)(
    'that %s fails the deploy with a clear sentence, and leaves nothing',
    async (_what, script, code, sentence) => {
      await expect(deployScript('attacked', script)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(sentence) as string,
      });
      await expect(server.client.show('attacked')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
      expect(await installContainers()).toEqual([]);
    },
  );

  it('that starts processes without end is held to its number, and what it leaves running is killed', async () => {
    const said = await deployScript(
      'forks',
      `const { spawn } = require('child_process');
       let started = 0, refused = 0;
       for (let i = 0; i < 600; i++) {
         const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
         child.on('error', () => refused++);
         child.on('spawn', () => started++);
         child.unref();
       }
       setTimeout(() => { console.log('refused some', refused > 0, 'started some', started > 0); process.exit(0); }, 1000);`,
    );
    expect(said).toContain('refused some true started some true');
    expect(await server.client.invoke('forks')).toMatchObject({ result: 1 });
    expect(await installContainers()).toEqual([]);
  });

  it('that writes into the stream of packages makes nothing but a refused archive', async () => {
    const forge = `for (const pid of require('fs').readdirSync('/proc').filter(Number))
      try { require('fs').writeFileSync('/proc/' + pid + '/fd/3', 'forged'); } catch {}`;
    await expect(deployScript('forged', forge)).rejects.toMatchObject({ code: 'DEPENDENCIES_FAILED' });
  });

  it('reaches neither this machine nor a metadata service where an install has no network', async () => {
    const listener = createServer((_request, response) => response.end('reached'));
    await new Promise<void>((resolve) => listener.listen(0, '0.0.0.0', resolve));
    const { port } = listener.address() as { port: number };
    const targets = [`127.0.0.1:${port}`, `172.17.0.1:${port}`, '169.254.169.254'];
    const script = `Promise.all(${JSON.stringify(targets)}.map((target) =>
      fetch('http://' + target, { signal: AbortSignal.timeout(3000) }).then(() => 'reached', () => 'kept away'),
    )).then((all) => console.log('all', all.join()));`;
    try {
      expect(await deployScript('network', script)).toContain('all kept away,kept away,kept away');
    } finally {
      listener.close();
    }
  });

  it('finds nothing of the host in its surroundings, no right to anything, and programs only in its own folder', async () => {
    const said = await deployScript(
      'surroundings',
      `const { readFileSync, readdirSync, accessSync, constants, copyFileSync, chmodSync } = require('fs');
       const { spawnSync } = require('child_process');
       const status = readFileSync('/proc/self/status', 'utf8');
       const of = (name) => new RegExp(name + ':\\\\s*(\\\\S+)').exec(status)[1];
       console.log('effective', of('CapEff'), 'bounding', of('CapBnd'), 'seccomp', of('Seccomp'), 'privileges', of('NoNewPrivs'));
       console.log('root', process.getuid() === 0, 'host names', Object.keys(process.env).filter((name) => /sraas|token|auth/i.test(name)).length);
       copyFileSync('/bin/true', '/tmp/true'); chmodSync('/tmp/true', 0o755);
       console.log('in tmp', spawnSync('/tmp/true').error?.code);
       let writable = true; try { accessSync('/usr/local', constants.W_OK); } catch { writable = false; }
       console.log('root file system writable', writable);`,
    );
    expect(said).toContain('effective 0000000000000000 bounding 0000000000000000 seccomp 2 privileges 1');
    expect(said).toContain('root false host names 0');
    expect(said).toContain('in tmp EACCES');
    expect(said).toContain('root file system writable false');
  });

  it('is cut off when the server stops, and nothing of it is left', async () => {
    const stopped = await startServer(limits);
    const archive = await npmArchive({ name: 'slow', scripts: { postinstall: `node -e "${spin}"` } }, {});
    let begun: () => void = () => undefined;
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const deployed = stopped.client.deploy(
      'slow',
      { ...config, dependencies: 'install' },
      { archive: await uploadOf(archive) },
      { onBuild: begun },
    );
    const refused = expect(deployed).rejects.toMatchObject({
      code: expect.stringMatching(/DRAINING|UNREACHABLE/) as string,
    });
    await running;
    await stopped.stop();
    await refused;
    expect(await installContainers()).toEqual([]);
  });
});

function uploadOf(archive: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const lists = npmLists({ slow: 'slow.tgz' }, ['slow']);
  return tarOf({ ...lists, 'slow.tgz': archive, 'main.mjs': 'export const handler = () => 1;\n' });
}
