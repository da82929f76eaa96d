import { describe, expect, it, vi } from 'vitest';
import type { Fetch } from '../../../src/client/connection.ts';
import { recordWorld } from './recorded-world.ts';
import { functionDocument, invokeReply, jsonResponse } from './replies.ts';
import { runIn } from './run-command.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function run(commandLine: readonly string[], response: Response, environment = {}) {
  const fetch = vi.fn<Fetch>(() => Promise.resolve(response));
  const recorded = recordWorld({ fetch, environment });
  const ran = await runIn(recorded, commandLine);
  const keys = fetch.mock.calls.map(([, { headers }]) => new Headers(headers).get('idempotency-key'));
  return { ...ran, keys };
}

const ok = (headers = {}): Response => jsonResponse(200, invokeReply('ok', { result: 3 }), headers);

describe('--idempotency-key', () => {
  it.each([
    ['an invoke', ['invoke', 'f']],
    ['an asynchronous invoke', ['invoke', 'f', '--async']],
  ])('goes with %s', async (_what, command) => {
    expect(await run([...command, '--idempotency-key', 'order-17'], ok())).toMatchObject({
      exitCode: 0,
      stderr: '',
      keys: ['order-17'],
    });
  });

  it('goes with a deploy', async () => {
    const folder = await temporaryFolder({ 'index.mjs': 'x' });
    const created = jsonResponse(201, { ...functionDocument('f'), outcome: 'created' });
    const ran = await run(['deploy', folder, '--name', 'f', '--idempotency-key', 'release-4'], created);
    expect(ran).toMatchObject({ exitCode: 0, keys: ['release-4'] });
  });

  it('can come from the environment, like every option', async () => {
    expect((await run(['invoke', 'f'], ok(), { SRAAS_IDEMPOTENCY_KEY: 'job-9' })).keys).toEqual(['job-9']);
    expect((await run(['invoke', 'f'], ok())).keys).toEqual([null]);
  });

  it('says on stderr that nothing was done again, and prints the first answer', async () => {
    const command = ['invoke', 'f', '--idempotency-key', 'k'];
    const ran = await run(command, ok({ 'idempotency-replayed': 'true' }));
    expect(ran.stderr).toBe('-- not done again: the answer is the one that the first request with this key got\n');
    expect(JSON.parse(ran.stdout)).toMatchObject({ result: 3 });
    // There an error would be a document, of which nothing else may be a part.
    expect((await run([...command, '--json'], ok({ 'idempotency-replayed': 'true' }))).stderr).toBe('');
  });

  it.each([[''], ['two words'], ['naïve'], ['x'.repeat(256)]])('is refused when it is %j', async (key) => {
    const typed = await run(['invoke', 'f', '--idempotency-key', key], ok());
    expect(typed).toMatchObject({ exitCode: 2, keys: [] });
    expect(typed.stderr).toContain('1 to 255 visible ASCII characters');
  });

  it('is refused with the name of its variable when it came from there', async () => {
    const ran = await run(['invoke', 'f'], ok(), { SRAAS_IDEMPOTENCY_KEY: 'two words' });
    expect(ran).toMatchObject({ exitCode: 2, keys: [] });
    expect(ran.stderr).toContain('SRAAS_IDEMPOTENCY_KEY');
  });
});
