import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { PrivateEngine } from './private-engine.ts';

const run = promisify(execFile);
const fixtures = join(import.meta.dirname, '..', 'fixtures', 'internet');

/** Addresses of what is out there. All of them answer at port 8000 to whoever reaches them, and as name servers at port 53. */
export const outside = {
  public: '93.184.216.34',
  denied: '93.185.0.1',
  resolver: '45.9.9.9',
  privateResolver: '10.53.53.53',
  special: [
    ...['10.1.2.3', '172.16.9.9', '192.168.250.7', '169.254.169.254', '100.64.3.3', '100.100.100.200', '198.18.0.5'],
    ...['192.0.0.192', '192.0.2.99', '198.51.100.7', '203.0.113.9', '168.63.129.16'],
  ],
} as const;

/** Addresses of the machine that the engine is on, where something listens at port 9000 on all of them. */
export const machine = { uplink: '45.0.0.1', second: '45.7.7.7', private: '10.200.0.1' } as const;

/** A handler that tries to reach others, and the same as a program. */
export async function reachFiles(): Promise<Readonly<Record<string, string>>> {
  return { 'main.mjs': await readFile(join(fixtures, 'reach.mjs'), 'utf8') };
}

/** What a private engine with `networking` is connected to: a network namespace with the addresses above. */
export interface SmallInternet extends AsyncDisposable {
  /** Runs a program on the engine's machine, in its network namespace. */
  onMachine(program: string, ...programArguments: readonly string[]): Promise<string>;
  /** Tries from the engine's machine what a sandbox would try. */
  reachFromMachine(tries: Readonly<Record<string, readonly unknown[]>>): Promise<Record<string, unknown>>;
}

export async function startInternet(engine: PrivateEngine): Promise<SmallInternet> {
  const children: ChildProcess[] = [];
  const inMachine = ['nsenter', '--target', String(engine.processId()), '--net'] as const;
  const onMachine = async (program: string, ...programArguments: readonly string[]): Promise<string> =>
    (await run(inMachine[0], [...inMachine.slice(1), program, ...programArguments])).stdout;
  const begin = async (command: readonly string[]): Promise<ChildProcess> => {
    const [program = '', ...programArguments] = command;
    const child = spawn(program, programArguments, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await Promise.race([once(createInterface({ input: child.stdout }), 'line'), failure(child)]);
    return child;
  };
  const dispose = async (): Promise<void> => {
    for (const child of children) {
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    }
  };
  try {
    const program = [process.execPath, join(fixtures, 'host.mjs')];
    const internet = await begin(['unshare', '--net', 'sh', '-c', 'echo here && exec sleep infinity']);
    const there = ['nsenter', '--target', String(internet.pid), '--net'] as const;
    const ip = async (...words: readonly string[]): Promise<unknown> =>
      run(there[0], [...there.slice(1), 'ip', ...words]);
    await onMachine('ip', 'link', 'set', 'lo', 'up');
    await onMachine(
      'ip',
      'link',
      'add',
      'uplink0',
      'type',
      'veth',
      'peer',
      'name',
      'in0',
      'netns',
      String(internet.pid),
    );
    await onMachine('ip', 'address', 'add', `${machine.uplink}/24`, 'dev', 'uplink0');
    await onMachine('ip', 'address', 'add', `${machine.second}/32`, 'dev', 'lo');
    await onMachine('ip', 'address', 'add', `${machine.private}/32`, 'dev', 'lo');
    await onMachine('ip', 'link', 'set', 'uplink0', 'up');
    await ip('link', 'set', 'lo', 'up');
    await ip('address', 'add', '45.0.0.2/24', 'dev', 'in0');
    await ip('link', 'set', 'in0', 'up');
    // Whoever comes with an address of the engine's own networks gets an answer, too: no address translation is needed for that.
    await ip('route', 'add', 'default', 'via', machine.uplink);
    const { special, ...others } = outside;
    for (const address of [...special, ...Object.values(others)])
      await ip('address', 'add', `${address}/32`, 'dev', 'lo');
    await onMachine('ip', 'route', 'add', 'default', 'via', '45.0.0.2');
    await begin([...there, ...program, 'internet', '8000']);
    await begin([...inMachine, ...program, 'machine', '9000']);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    onMachine,
    reachFromMachine: (tries) => reachFrom(engine.processId(), tries),
    [Symbol.asyncDispose]: dispose,
  };
}

/** Tries from the network namespace of a process what a sandbox would try. */
export async function reachFrom(
  processId: number,
  tries: Readonly<Record<string, readonly unknown[]>>,
): Promise<Record<string, unknown>> {
  const program = [process.execPath, join(fixtures, 'reach.mjs'), JSON.stringify({ tries })];
  const { stdout } = await run('nsenter', ['--target', String(processId), '--net', ...program]);
  return resultIn(stdout);
}

/** What became of the attempts, in the output of the program that made them. */
export function resultIn(output: string): Record<string, unknown> {
  return JSON.parse(/^result: (.*)$/m.exec(output)?.[1] ?? '{}') as Record<string, unknown>;
}

async function failure(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`A program of the small internet ended with ${code ?? 'a signal'}`);
}
