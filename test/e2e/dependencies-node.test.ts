import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployWithPackages, installContainers, registryOfThisMachine } from '../support/install-server.ts';
import { npmArchive, npmLists } from '../support/package-archives.ts';
import { startServer, type TestServer } from '../support/server.ts';

const config = { runtime: 'node24', handler: 'main.handler' };

let dataDirectory = '';
let server: TestServer;
beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-dependencies-'));
  server = await startServer({ dataDirectory, ...registryOfThisMachine() });
});
afterAll(async () => {
  await server.stop();
  await rm(dataDirectory, { recursive: true, force: true });
});

async function installsKept(): Promise<number> {
  return (await readdir(join(dataDirectory, 'dependencies', 'keys'))).length;
}

const greet = await npmArchive(
  { name: 'greet' },
  { 'index.js': "module.exports = (name) => 'Hello ' + name + '!';\n" },
);
const greeting = { ...npmLists({ greet: 'greet.tgz' }), 'greet.tgz': greet };

/** What npm writes for one package without dependencies of its own. It has no digest, so that any release of the version will do. */
const fromRegistry = {
  'package.json': JSON.stringify({ dependencies: { 'is-number': '7.0.0' } }),
  'package-lock.json': JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { 'is-number': '7.0.0' } },
      'node_modules/is-number': { version: '7.0.0', engines: { node: '>=0.12.0' } },
    },
  }),
};

describe('a Node function whose packages are installed', () => {
  it('uses a package from an archive in the upload, and its TypeScript too', async () => {
    const source = `import greet from 'greet';\nexport const handler = (event: { name: string }): string => greet(event.name);\n`;
    const { reply, said } = await deployWithPackages(server, 'greeter', config, { ...greeting, 'main.ts': source });
    expect(reply).toMatchObject({ outcome: 'created', dependencies: 'install' });
    expect(said).toContain('Installing packages with npm.');
    expect(said).toContain('added 1 package');
    expect(await server.client.invoke('greeter', { event: { name: 'Ada' } })).toMatchObject({ result: 'Hello Ada!' });
    expect(await installContainers()).toEqual([]);
  });

  it('gets packages from the registry once for the same list, however the code changes, also after a restart', async () => {
    const code = (answer: string) => ({
      ...fromRegistry,
      'main.mjs': `import isNumber from 'is-number';\nexport const handler = (event) => [isNumber(event), '${answer}'];\n`,
    });
    const before = await installsKept();
    const first = await deployWithPackages(server, 'numbers', config, code('first'));
    expect(first.said).toContain('added 1 package');
    expect((await server.client.invoke('numbers', { event: '5' })).result).toEqual([true, 'first']);

    const second = await deployWithPackages(server, 'numbers', config, code('second'));
    expect(second.reply).toMatchObject({ outcome: 'updated', version: 2 });
    expect(second.said).toBe('The packages of this list are installed already.');
    expect((await server.client.invoke('numbers', { event: 'x' })).result).toEqual([false, 'second']);
    expect(await deployWithPackages(server, 'numbers', config, code('second'))).toMatchObject({
      reply: { outcome: 'unchanged' },
    });
    expect(await installsKept()).toBe(before + 1);

    // Another server on the kept packages alone: it has no way to the registry.
    await server.stop();
    server = await startServer({ dataDirectory, ...registryOfThisMachine(), installNetwork: 'none' });
    const third = await deployWithPackages(server, 'numbers', config, code('third'));
    expect(third.said).toBe('The packages of this list are installed already.');
  });

  it('shares one install with another that is deployed at the same time', async () => {
    const archive = await npmArchive({ name: 'shared' }, { 'index.js': 'module.exports = 7;\n' });
    const files = { ...npmLists({ shared: 'shared.tgz' }), 'shared.tgz': archive };
    const code = { ...files, 'main.cjs': "exports.handler = () => require('shared');\n" };
    const before = await installsKept();
    const [one, two] = await Promise.all(['one', 'two'].map((name) => deployWithPackages(server, name, config, code)));
    expect(one?.said).toContain('added 1 package');
    expect(two?.said).toBe(one?.said);
    expect(await installsKept()).toBe(before + 1);
    for (const name of ['one', 'two']) expect(await server.client.invoke(name)).toMatchObject({ result: 7 });
  });

  it('loads a native package whose install script had to put it in place', async () => {
    const prebuilt = new URL(
      `../../node_modules/@photostructure/sqlite/prebuilds/linux-${process.arch}/@photostructure+sqlite.glibc.node`,
      import.meta.url,
    );
    const archive = await npmArchive(
      { name: 'native', scripts: { install: 'mkdir build && cp prebuilt.node build/native.node && node check.js' } },
      {
        'prebuilt.node': await readFile(fileURLToPath(prebuilt)),
        'check.js': "console.log('loaded', typeof require('./build/native.node').DatabaseSync);\n",
        'index.js': "module.exports = require('./build/native.node');\n",
      },
    );
    const { said } = await deployWithPackages(server, 'native', config, {
      ...npmLists({ native: 'native.tgz' }, ['native']),
      'native.tgz': archive,
      'main.cjs': "exports.handler = () => typeof require('native').DatabaseSync;\n",
    });
    expect(said).toContain('loaded function');
    expect(await server.client.invoke('native')).toMatchObject({ result: 'function' });
  });

  it('keeps a package that was uploaded, whole, instead of the one that was installed', async () => {
    await deployWithPackages(server, 'own', config, {
      ...greeting,
      'node_modules/greet/package.json': '{"name": "greet", "main": "own.js"}',
      'node_modules/greet/own.js': "module.exports = () => 'mine';\n",
      'main.cjs': `exports.handler = () => [require('greet')(), require('fs').readdirSync('node_modules/greet')];\n`,
    });
    expect((await server.client.invoke('own')).result).toEqual(['mine', ['own.js', 'package.json']]);
  });

  it.each([
    ['without a lock file', { 'package.json': '{}' }, /package-lock\.json/],
    ['with two lock files', { ...greeting, 'npm-shrinkwrap.json': '{}' }, /both npm-shrinkwrap\.json and package-lock/],
    ['with a broken list', { ...greeting, 'package.json': '{' }, /package\.json is not a JSON object/],
  ])('is refused %s', async (_what, files, message) => {
    const deployed = deployWithPackages(server, 'refused', config, {
      ...files,
      'main.mjs': 'export const handler = 1;',
    });
    await expect(deployed).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      message: expect.stringMatching(message) as string,
      errors: [{ pointer: '/dependencies' }],
    });
  });

  it('is refused where nothing could be installed: in a run, and in a function that is a Dockerfile', async () => {
    const { client } = server;
    const files = { 'main.mjs': 'export const handler = () => 1;', Dockerfile: 'FROM scratch\n' };
    const wanted = { ...config, dependencies: 'install' } as const;
    const run = client.run({ config: wanted, files, envelope: { version: 'v1', event: 1 } });
    await expect(run).rejects.toMatchObject({ code: 'INVALID_CONFIG', errors: [{ pointer: '/dependencies' }] });
    const deployed = client.deploy('image', { ...wanted, runtime: 'dockerfile' }, { files });
    await expect(deployed).rejects.toMatchObject({ code: 'INVALID_CONFIG', errors: [{ pointer: '/dependencies' }] });
  });
});
