import { describe, expect, it } from 'vitest';
import type { InvokeReply } from '../../src/wire/invoke.ts';
import { startPlatform } from './started-platform.ts';

describe('the examples', () => {
  const sraas = startPlatform();

  async function deployAndInvoke(name: string, event: unknown): Promise<{ exitCode: number; reply: InvokeReply }> {
    const deployed = await sraas(['deploy', `examples/${name}`]);
    expect(deployed).toMatchObject({ exitCode: 0, stderr: '' });
    const { exitCode, stdout } = await sraas(['invoke', name, '-e', JSON.stringify(event)]);
    return { exitCode, reply: JSON.parse(stdout) as InvokeReply };
  }

  it('hello divides', async () => {
    const { exitCode, reply } = await deployAndInvoke('hello', { a: 4, b: 1 });
    expect(reply).toMatchObject({ result: { quotient: 4 }, error: null, logs: 'dividing 4 by 1\n' });
    expect(exitCode).toBe(0);
  });

  it('hello says what is wrong when it is to divide by zero', async () => {
    const { exitCode, reply } = await deployAndInvoke('hello', { a: 4, b: 0 });
    expect(reply).toMatchObject({ result: null, invocation: { outcome: 'handler_error' } });
    expect(reply.error).toMatch(/^RangeError: b must not be 0/);
    expect(exitCode).toBe(1);
  });

  it('typescript runs with the package that it brings', async () => {
    const { exitCode, reply } = await deployAndInvoke('typescript', { name: 'Ada', parcels: ['books', 'tea'] });
    expect(reply).toMatchObject({ result: { sentence: 'Ada gets 2 parcels', by: 'typescript' }, error: null });
    expect(exitCode).toBe(0);
  });

  it('callback answers through its callback', async () => {
    const { exitCode, reply } = await deployAndInvoke('callback', { text: 'stressed' });
    expect(reply).toMatchObject({ result: { reversed: 'desserts' }, error: null });
    expect(exitCode).toBe(0);
  });

  it('failing keeps what it printed and names the line that threw', async () => {
    const { exitCode, reply } = await deployAndInvoke('failing', {});
    expect(reply).toMatchObject({
      result: null,
      logs: 'about to fail\nthis is still in the logs\n',
      invocation: { outcome: 'handler_error' },
    });
    expect(reply.error).toMatch(/^Error: this handler always fails\n.*index\.mjs:4/);
    expect(exitCode).toBe(1);
  });

  it('python-dependencies runs with a package that was installed when it was deployed', async () => {
    const { exitCode, stderr } = await sraas(['deploy', 'examples/python-dependencies']);
    expect(exitCode, stderr).toBe(0);
    const { stdout } = await sraas(['invoke', 'python-dependencies', '-e', '{"text":"one two three"}']);
    expect(JSON.parse(stdout)).toMatchObject({ result: { words: 3 }, error: null });
  });

  it('python-hello logs and knows its call', async () => {
    const { exitCode, reply } = await deployAndInvoke('python-hello', { a: 4, b: 1 });
    expect(reply).toMatchObject({
      result: { quotient: 4, request_id: reply.invocation.id },
      logs: 'INFO: dividing 4 by 1 for nobody\n',
      error: null,
    });
    expect(exitCode).toBe(0);
  });

  it('python-async awaits what the package beside it computes', async () => {
    const { exitCode, reply } = await deployAndInvoke('python-async', { days: ['2000-01-02', '2001-01-01'] });
    expect(reply.error).toBeNull();
    expect(reply.result).toEqual({
      first: '2000-01-02',
      seconds: { '2000-01-02': 86_400, '2001-01-01': 31_622_400 },
    });
    expect(exitCode).toBe(0);
  });
});
