import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildEvent } from '../../src/wire/build.ts';
import { readDistribution } from '../../src/runtimes/distribution.ts';
import { docker } from '../support/containers.ts';
import { removeAllImages } from '../support/custom-runtimes.ts';
import { localBase } from '../support/local-base.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let debian: string;
let node: string;
let python: string;
beforeAll(async () => {
  [debian, node, python] = await Promise.all([localBase('debian'), localBase('node24'), localBase('python3.11')]);
  server = await startServer();
});
afterAll(async () => {
  await removeAllImages(server);
  await server.stop();
});

const matching = (pattern: RegExp): string => expect.stringMatching(pattern) as string;

/** Collects what a build says, as text. */
function listener(): { readonly onBuild: (event: BuildEvent) => void; text(): string } {
  const lines: string[] = [];
  return {
    onBuild: (event) => {
      if (event.event === 'log') lines.push(event.text);
    },
    text: () => lines.join('\n'),
  };
}

describe('a runtime of the handler contract', () => {
  it('is built from a Dockerfile, tells how, and serves handlers like a built-in one', async () => {
    const dockerfile = `FROM ${node}\nRUN echo from the build > /greeting.txt\n`;
    const log = listener();
    const definition = { contract: 'handler', dockerfile, description: 'Node with a greeting' } as const;
    expect(await server.client.runtimes.set('greeting', definition, undefined, log)).toMatchObject({
      name: 'greeting',
      kind: 'custom',
      contract: 'handler',
      description: 'Node with a greeting',
      language: 'node',
      language_version: matching(/^24\./),
      state: 'ready',
      base: matching(/sraas\/base-node24/),
      last_build: { state: 'succeeded', problem: null },
    });
    expect(log.text()).toContain('RUN echo from the build');
    expect(log.text()).toMatch(/node 24\.\S+ at \/\S+ answers/);

    const source = `const { readFileSync } = require('node:fs');
      exports.handler = (event, context) => {
        console.log('seen by', context.function_name);
        return { event, text: readFileSync('/greeting.txt', 'utf8').trim() };
      };`;
    const config = { runtime: 'greeting', handler: 'index.handler' };
    await server.client.deploy('greeter', config, { files: { 'index.js': source } });
    expect(await server.client.invoke('greeter', { event: { a: 1 } })).toMatchObject({
      result: { event: { a: 1 }, text: 'from the build' },
      logs: 'seen by greeter\n',
      error: null,
      invocation: { outcome: 'ok' },
    });

    const again = await request(server.url).put('/runtimes/greeting').send(definition);
    expect([again.status, (again.body as { state: string }).state]).toEqual([200, 'ready']);
    expect((await server.client.builds.show('greeting')).log).toContain('is there already');
  });

  it('installs a package of the system and runs a Python handler with it, the language found in the image', async () => {
    const { aptLines = [] } = (await readDistribution()) ?? {};
    const context = {
      files: {
        Dockerfile: `FROM ${python}
          COPY apt.list /etc/apt/sources.list.d/machine.list
          RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends bc && rm -rf /var/lib/apt/lists/*
          ENV SCALE=5`,
        'apt.list': aptLines.map((line) => `${line}\n`).join(''),
      },
    };
    expect(await server.client.runtimes.set('python-bc', { contract: 'handler' }, context)).toMatchObject({
      state: 'ready',
      language: 'python',
      language_version: matching(/^3\.11\./),
    });
    const source = `import os, subprocess
def handler(event, context):
    question = f"scale={os.environ['SCALE']}; {event['question']}\\n"
    return subprocess.run(["bc"], input=question, capture_output=True, text=True, check=True).stdout.strip()
`;
    const config = { runtime: 'python-bc', handler: 'main.handler' };
    await server.client.deploy('calculator', config, { files: { 'main.py': source } });
    expect(await server.client.invoke('calculator', { event: { question: '22/7' } })).toMatchObject({
      result: '3.14285',
      error: null,
    });
  });

  it('says in one sentence what the image lacks, and cannot be deployed on', async () => {
    await expect(
      server.client.runtimes.set('nothing-inside', { contract: 'handler', dockerfile: `FROM ${debian}\n` }),
    ).rejects.toMatchObject({
      code: 'RUNTIME_BUILD_FAILED',
      status: 422,
      message: matching(
        /^The image has no node and no python3 on its PATH \(.*\), which the handler contract needs: install/,
      ),
    });
    expect(await server.client.runtimes.show('nothing-inside')).toMatchObject({
      state: 'failed',
      language: null,
      last_build: { state: 'failed', problem: matching(/no node and no python3/) },
    });
    const config = { runtime: 'nothing-inside', handler: 'main.handler' };
    await expect(server.client.deploy('nobody', config, { files: { 'main.py': '' } })).rejects.toMatchObject({
      code: 'RUNTIME_NOT_READY',
      message: matching(/has no image, as its build did not succeed/),
    });
  });

  it('names an interpreter that does not start', async () => {
    const dockerfile = `FROM ${debian}\nRUN printf '#!/bin/sh\\nexit 7\\n' > /usr/local/bin/node && chmod 755 /usr/local/bin/node\n`;
    await expect(server.client.runtimes.set('broken-node', { contract: 'handler', dockerfile })).rejects.toMatchObject({
      code: 'RUNTIME_BUILD_FAILED',
      message: matching(/^The interpreter \/usr\/local\/bin\/node of the image did not get as far as saying hello/),
    });
  });
});

describe('a runtime of the command contract', () => {
  const perl = `local $/; my $event = <STDIN>; my ($what) = $event =~ /"do":"(\\w+)"/;
print STDERR "asked to $what\\n";
if ($what eq 'count') { open(my $f, '<', '/function/words.txt'); my @w = split ' ', <$f>; print '{"words":', scalar @w, '}'; }
elsif ($what eq 'speak') { print "plain text"; }
elsif ($what eq 'fail') { exit 3; }
elsif ($what eq 'hang') { sleep 60; }
`;

  it('runs a program in a language that the product does not know', async () => {
    const dockerfile = `FROM ${debian}\nWORKDIR /function\nCMD ["perl", "main.pl"]\n`;
    expect(await server.client.runtimes.set('perl', { contract: 'command', dockerfile })).toMatchObject({
      contract: 'command',
      language: null,
      command: ['perl', 'main.pl'],
      state: 'ready',
    });
    const config = { runtime: 'perl', limits: { timeout_ms: 3000 } };
    const deployed = await server.client.deploy('words', config, {
      files: { 'main.pl': perl, 'words.txt': 'one two three' },
    });
    expect(deployed).toMatchObject({ isolation: 'fresh' });
    expect(deployed).not.toHaveProperty('handler');

    expect(await server.client.invoke('words', { event: { do: 'count' } })).toMatchObject({
      result: { words: 3 },
      logs: 'asked to count\n',
      error: null,
      invocation: { outcome: 'ok', cold_start: true },
    });
    expect((await server.client.invoke('words', { event: { do: 'speak' } })).result).toBe('plain text');
    expect(await server.client.invoke('words', { event: { do: 'fail' } })).toMatchObject({
      result: null,
      logs: 'asked to fail\n',
      error: matching(/exit code 3[^]*asked to fail/),
      invocation: { outcome: 'handler_error', exit_code: 3 },
    });
    expect((await server.client.invoke('words', { event: { do: 'hang' } })).invocation.outcome).toBe('timeout');
  });

  it('takes no handler and no reuse', async () => {
    const config = { runtime: 'perl', handler: 'main.handler', isolation: 'warm' } as const;
    await expect(server.client.deploy('wrong', config, { files: { 'main.pl': '' } })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      errors: [
        { pointer: '/isolation', message: 'must be "fresh"' },
        { pointer: '/handler', message: matching(/^must be left out: the runtime is a program/) },
      ],
    });
  });

  it('is refused without anything to run', async () => {
    const dockerfile = `FROM ${debian}\nCMD []\n`;
    await expect(server.client.runtimes.set('idle', { contract: 'command', dockerfile })).rejects.toMatchObject({
      message: matching(/^The image has neither CMD nor ENTRYPOINT/),
    });
  });
});

describe('a runtime that is sent again', () => {
  const saying = (word: string): string => `FROM ${node}\nENV WORD=${word}\n`;
  const source = { files: { 'main.mjs': 'export const handler = () => process.env.WORD' } };

  it('reaches its functions with their next call, and not before it has been built well', async () => {
    const { client } = server;
    await client.runtimes.set('changing', { contract: 'handler', dockerfile: saying('first') });
    await client.deploy('changed', { runtime: 'changing', handler: 'main.handler' }, source);
    expect((await client.invoke('changed')).result).toBe('first');

    const broken = `${saying('second')}RUN echo nearly there\nRUN exit 5\n`;
    await expect(client.runtimes.set('changing', { contract: 'handler', dockerfile: broken })).rejects.toMatchObject({
      code: 'RUNTIME_BUILD_FAILED',
      message: matching(/^Line 4: RUN exit 5: exit code 5/),
    });
    expect(await client.runtimes.show('changing')).toMatchObject({
      state: 'ready',
      last_build: { state: 'failed', problem_line: 4 },
    });
    const { log } = await client.builds.show('changing');
    expect(log).toContain('nearly there');
    expect((await client.invoke('changed')).result).toBe('first');

    await client.runtimes.set('changing', { contract: 'handler', dockerfile: saying('third') });
    expect((await client.invoke('changed')).result).toBe('third');
  });

  it('cannot change its contract, or go, while a function uses it', async () => {
    const { client } = server;
    await client.runtimes.set('kept', { contract: 'handler', dockerfile: saying('x') });
    await client.deploy('keeper', { runtime: 'kept', handler: 'main.handler' }, source);
    const program = { contract: 'command', dockerfile: `${saying('x')}CMD ["node"]\n` } as const;
    const inUse = { code: 'RUNTIME_IN_USE', status: 409, message: matching(/keeper/) };
    await expect(client.runtimes.set('kept', program)).rejects.toMatchObject(inUse);
    await expect(client.runtimes.remove('kept')).rejects.toMatchObject(inUse);
    await client.remove('keeper');
    const { image = '' } = await client.runtimes.show('kept');
    await client.runtimes.remove('kept');
    await expect(client.runtimes.show('kept')).rejects.toMatchObject({ code: 'CUSTOM_RUNTIME_NOT_FOUND', status: 404 });
    expect((await client.pruneImages()).map((pruned) => pruned.image)).toContain(image);
    await expect(docker.getImage(image).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });
});

describe('a build that takes long', () => {
  it('goes on when its client leaves, can be followed, and ends when it is cancelled', async () => {
    const { client } = server;
    const leaving = new AbortController();
    const left = client.runtimes.set(
      'slow',
      { contract: 'command', dockerfile: `FROM ${debian}\nRUN echo begun && sleep 250\nCMD ["true"]\n` },
      undefined,
      {
        signal: leaving.signal,
        onBuild: (event) => {
          if (event.event === 'log' && event.text === 'begun') leaving.abort();
        },
      },
    );
    await expect(left).rejects.toThrow();
    expect(await client.runtimes.show('slow')).toMatchObject({ state: 'building', last_build: { state: 'building' } });
    const config = { runtime: 'slow' };
    await expect(client.deploy('early', config, { files: { a: '' } })).rejects.toMatchObject({
      code: 'RUNTIME_NOT_READY',
      message: 'The runtime slow is still being built: wait until it is ready.',
    });

    const log = listener();
    const followed = client.builds.follow('slow', log.onBuild);
    await client.builds.cancel('slow');
    expect(await followed).toMatchObject({ state: 'cancelled', problem: matching(/cancelled/) });
    expect(log.text()).toContain('begun');
    expect(await client.runtimes.show('slow')).toMatchObject({ state: 'failed', last_build: { state: 'cancelled' } });
    await expect(client.builds.cancel('slow')).rejects.toMatchObject({ code: 'BUILD_NOT_FOUND', status: 404 });
    const containers = await docker.listContainers({ all: true, filters: { label: ['sraas.managed=build'] } });
    expect(containers.filter(({ Command }) => Command.includes('sleep 250'))).toEqual([]);
  });
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

describe('the definition of a runtime', () => {
  const put = (name: string, document: object) => request(server.url).put(`/runtimes/${name}`).send(document);

  it('is refused with all that is wrong with it, and nothing is stored', async () => {
    const answer: Answer = await put('bad', {
      contract: 'lambda',
      language: 'ruby',
      description: 7,
      image: 'x',
    });
    expect([answer.status, answer.body]).toMatchObject([
      400,
      {
        code: 'INVALID_RUNTIME',
        errors: [
          { pointer: '/image', message: matching(/^is not known/) },
          { pointer: '/contract', message: 'cannot be "lambda" yet, which is planned: use "handler" or "command"' },
          { pointer: '/language', message: 'must be "node" or "python"' },
          { pointer: '/dockerfile', message: matching(/^is required/) },
          { pointer: '/description', message: matching(/^must be a string/) },
        ],
      },
    ]);
    const refused = await put('bad', { contract: 'command', dockerfile: `FROM ${debian}\nADD x y\nVOLUME /data\n` });
    expect([refused.status, refused.body]).toMatchObject([400, { code: 'BUILD_REFUSED' }]);
    expect((refused.body as { errors: unknown[] }).errors).toHaveLength(2);
    expect((await request(server.url).get('/runtimes/bad')).status).toBe(404);
  });

  it.each(['node24', 'python3.11', 'dockerfile', '1st', 'a b'])('cannot have the name %s', async (name) => {
    const answer: Answer = await put(encodeURIComponent(name), {
      contract: 'command',
      dockerfile: 'FROM scratch',
    });
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([400, 'INVALID_NAME']);
  });

  it('is refused as an ordinary error also where events were asked for', async () => {
    const { status, type } = await put('bad', { contract: 'command' }).set('accept', 'text/event-stream');
    expect([status, type]).toEqual([400, 'application/problem+json']);
  });

  it('streams log events and one last event where events were asked for', async () => {
    const document = { contract: 'command', dockerfile: `FROM ${debian}\nRUN exit 9\n` };
    const { status, type, text } = await put('bad-step', document).set('accept', 'text/event-stream').buffer();
    expect([status, type]).toEqual([200, 'text/event-stream']);
    expect(text).toMatch(/event: log\ndata: \{"at":/);
    expect(text).toMatch(/event: error\ndata: \{.*"code":"RUNTIME_BUILD_FAILED".*\}\n\n$/);
  });
});
