import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { startServer } from '../support/server.ts';

it('the strict profile needs an engine runtime stronger than runc, named in the settings', () => {
  for (const engineRuntime of [undefined, 'runc', 'io.containerd.runc.v2']) {
    const parse = (): unknown =>
      parseConfig({ flags: { profile: 'strict', 'engine-runtime': engineRuntime }, environment: {} });
    expect(parse).toThrow(/needs --engine-runtime to name a runtime/);
  }
  const config = parseConfig({ flags: { profile: 'strict', 'engine-runtime': 'runsc' }, environment: {} });
  expect(config).toMatchObject({ profile: 'strict', engineRuntime: 'runsc' });
});

it('a server whose engine lacks that runtime refuses to start, and says what there is', async () => {
  const start = startServer({ profile: 'strict', engineRuntime: 'no-such-runtime' });
  await expect(start).rejects.toThrow(/has no runtime no-such-runtime; it has .*runc/);
});

it('a strict server whose engine is away refuses to start, as it cannot know', async () => {
  const start = startServer({ profile: 'strict', engineRuntime: 'runsc', engineHost: 'unix:///nonexistent.sock' });
  await expect(start).rejects.toThrow(/cannot be given without an engine/);
});

it('under the strict profile every call has a container of its own, and reuse cannot be asked for', async () => {
  // The engine under test has no stronger runtime: its default one stands in, past the check of the settings.
  await using server = await startServer({ profile: 'strict', engineRuntime: 'runc' });
  const config = { runtime: 'node24', handler: 'main.handler' } as const;
  const files = { 'main.mjs': 'let calls = 0; export const handler = () => ++calls' };
  await expect(server.client.deploy('warm', { ...config, isolation: 'warm' }, { files })).rejects.toMatchObject({
    code: 'INVALID_CONFIG',
    errors: [{ pointer: '/isolation' }],
  });
  expect(await server.client.deploy('strict', config, { files })).toMatchObject({ isolation: 'fresh' });
  expect((await server.client.invoke('strict')).result).toBe(1);
  expect((await server.client.invoke('strict')).result).toBe(1);
});
