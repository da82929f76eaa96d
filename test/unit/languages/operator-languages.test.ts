import { once } from 'node:events';
import { rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LanguageTable } from '../../../src/languages/language-table.ts';
import { OperatorLanguages } from '../../../src/languages/operator-languages.ts';
import { FileSource } from '../../../src/languages/sources/file-source.ts';
import type { LanguageSource } from '../../../src/languages/sources/language-source.ts';
import { KeptText } from '../../../src/languages/sources/kept-text.ts';
import { WebSource } from '../../../src/languages/sources/web-source.ts';
import { temporaryFolder } from '../cli/temporary-folder.ts';

const { signal } = new AbortController();
const spec = (name: string): string => `${name}: { image: 'i', entrypoint: run, filename: f }`;

function kept(source: LanguageSource, text?: KeptText) {
  const table = new LanguageTable([]);
  const told: string[] = [];
  const languages = new OperatorLanguages({
    source,
    table,
    ...(text === undefined ? {} : { kept: text }),
    onLoaded: (count, notes) => told.push(`${count} loaded`, ...notes),
    onFailure: (message) => told.push(message.replace(' They stay as they are.', '')),
  });
  return { languages, told, names: () => table.list().map(({ name }) => name) };
}

async function serve(answer: RequestListener): Promise<URL> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/spec?token=secret`);
}

describe('languages in a file', () => {
  it('R21: are read again when it has changed, and stay when it cannot be used, which is told once', async () => {
    const path = join(await temporaryFolder({ 'spec.yaml': spec('one') }), 'spec.yaml');
    const { languages, told, names } = kept(new FileSource(path));
    await languages.load(signal);
    await languages.look(signal);
    expect([names(), told]).toStrictEqual([['one'], ['1 loaded']]);

    await writeFile(path, `${spec('one')}\n${spec('two')}`);
    await languages.look(signal);
    expect(names()).toStrictEqual(['one', 'two']);

    await writeFile(path, 'one: [');
    for (let look = 0; look < 3; look += 1) await languages.look(signal);
    await rm(path);
    for (let look = 0; look < 3; look += 1) await languages.look(signal);
    expect(names()).toStrictEqual(['one', 'two']);
    expect(told.slice(2)).toStrictEqual([
      expect.stringContaining(`Correct the languages of ${path}: the document cannot be read: `),
      `The languages in ${path} cannot be read (ENOENT): correct the path, or the file's rights.`,
    ]);

    await writeFile(`${path}.new`, spec('three'));
    await rename(`${path}.new`, path);
    await languages.look(signal);
    expect([names(), told.at(-1)]).toStrictEqual([['three'], '1 loaded']);
  });

  it('must be named for their format, and be small', async () => {
    const folder = await temporaryFolder({ 'spec.txt': '{}', 'spec.json': ' '.repeat(1_000_001) });
    await expect(kept(new FileSource(join(folder, 'spec.txt'))).languages.load(signal)).rejects.toThrow(
      'must end in .json, .yaml or .yml',
    );
    await expect(kept(new FileSource(join(folder, 'spec.json'))).languages.load(signal)).rejects.toThrow(
      'languages take 1000000 at most',
    );
  });
});

describe('languages at an address', () => {
  it('R21: are asked for again, and had only when they have changed', async () => {
    let text = spec('one');
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.headers['if-none-match']);
      const tag = `"${text.length}"`;
      if (request.headers['if-none-match'] === tag) response.writeHead(304).end();
      else response.writeHead(200, { 'content-type': 'text/yaml; charset=utf-8', etag: tag }).end(text);
    });
    const { languages, told, names } = kept(new WebSource(url));
    await languages.load(signal);
    await languages.look(signal);
    text = spec('another');
    await languages.look(signal);
    expect(asked).toStrictEqual([undefined, `"${spec('one').length}"`, `"${spec('one').length}"`]);
    expect([names(), told]).toStrictEqual([['another'], ['1 loaded', '1 loaded']]);
  });

  it.each([
    ['status 500', (_request, response) => response.writeHead(500).end(), 'it answered with status 500'],
    [
      'another type',
      (_request, response) => response.writeHead(200).end('{}'),
      'neither its name nor its content type',
    ],
    [
      'too much',
      (_request, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(' '.repeat(1_000_001)),
      'it has more than 1000000 bytes',
    ],
    [
      'half of it',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{', () => response.destroy());
      },
      'it broke off',
    ],
  ] as readonly (readonly [string, RequestListener, string])[])(
    'stay when it answers with %s, which is told once and without what may be a password',
    async (_what, answer, reason) => {
      const { languages, told } = kept(new WebSource(await serve(answer)));
      await languages.look(signal);
      await languages.look(signal);
      expect(told).toHaveLength(1);
      expect(told[0]).toContain(reason);
      expect(told[0]).not.toContain('secret');
    },
  );

  it('are asked for with the name and the password of their address', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.headers.authorization);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    url.username = 'me';
    url.password = 'pass word';
    const source = new WebSource(url);
    await kept(source).languages.load(signal);
    expect(asked).toStrictEqual([`Basic ${Buffer.from('me:pass word').toString('base64')}`]);
    expect(source.name).not.toContain('pass');
  });

  it('R23: are there at a start while it does not answer, as they could be used the last time', async () => {
    const folder = await temporaryFolder({});
    const path = join(folder, 'languages.json');
    let text = spec('one');
    const url = await serve((_request, response) => {
      response.writeHead(text === '' ? 500 : 200, { 'content-type': 'text/yaml' }).end(text);
    });
    const start = async () => {
      const source = new WebSource(url);
      const started = kept(source, new KeptText(path, source.name));
      await started.languages.recall();
      await started.languages.look(signal);
      return started;
    };
    expect((await start()).names()).toStrictEqual(['one']);
    text = 'one: [';
    const broken = await start();
    expect([broken.names(), broken.told]).toStrictEqual([
      ['one'],
      ['1 loaded', expect.stringContaining('cannot be read')],
    ]);
    text = '';
    expect((await start()).names()).toStrictEqual(['one']);

    const ofAnother = kept(new WebSource(url), new KeptText(path, 'http://elsewhere.test/spec'));
    await ofAnother.languages.recall();
    await writeFile(path, '{');
    const damaged = kept(new WebSource(url), new KeptText(path, new WebSource(url).name));
    await damaged.languages.recall();
    expect([ofAnother.names(), damaged.names(), damaged.told]).toStrictEqual([[], [], []]);
  });

  it('are in force also when they cannot be kept', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/yaml' }).end(spec('one'));
    });
    const { languages, told, names } = kept(new WebSource(url), new KeptText('/nowhere/languages.json', 'x'));
    await languages.look(signal);
    expect(names()).toStrictEqual(['one']);
    expect(told).toStrictEqual(['1 loaded', 'The languages could not be kept for a start without their address']);
  });

  it('stay when nobody answers', async () => {
    const { languages, told } = kept(new WebSource(new URL('http://127.0.0.1:1/spec.json')));
    await languages.look(signal);
    expect(told).toStrictEqual(['The languages at http://127.0.0.1:1/spec.json cannot be had: it did not answer.']);
  });
});
