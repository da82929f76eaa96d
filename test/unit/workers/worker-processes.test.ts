import { describe, expect, it } from 'vitest';
import { WorkerProcesses, type WorkerProcess } from '../../../src/workers/worker-processes.ts';

/** Processes that end when they are told to, or die when a test wants it. */
function crew(begin: (number: number, process: WorkerProcess) => Promise<string>, count = 2) {
  const living = new Map<number, () => void>();
  const told: string[] = [];
  let lastProcessId = 0;
  const waiting: { readonly what: string; readonly resolve: () => void }[] = [];
  const tell = (what: string): void => {
    told.push(what);
    for (const { resolve } of waiting.filter((each) => each.what === what)) resolve();
  };
  const spawn = (): WorkerProcess => {
    const processId = ++lastProcessId;
    const listeners: ((how: string) => void)[] = [];
    const end = (how: string): void => {
      if (!living.delete(processId)) return;
      for (const listener of listeners) listener(how);
    };
    living.set(processId, () => {
      end('died');
    });
    return {
      processId,
      send: () => undefined,
      onMessage: () => undefined,
      onExit: (listener) => {
        listeners.push(listener);
      },
      kill: () => {
        end('killed');
      },
      end: () => {
        end('ended');
      },
    };
  };
  const processes = new WorkerProcesses({
    count,
    spawn,
    begin,
    onEnded: (number, { processId }, how) => {
      tell(`worker ${number} (${processId}) ${how}`);
    },
    onReplaced: (number, { processId }) => {
      tell(`worker ${number} is ${processId}`);
    },
    onFailure: (number, error) => {
      tell(`worker ${number}: ${String(error)}`);
    },
    firstPauseMs: 1,
    longestPauseMs: 4,
  });
  const heard = (what: string): Promise<void> =>
    told.includes(what)
      ? Promise.resolve()
      : new Promise((resolve) => {
          waiting.push({ what, resolve });
        });
  return { processes, living, told, heard };
}

describe('worker processes', () => {
  it('start with their numbers, and end together', async () => {
    const numbers: number[] = [];
    const { processes, living, told } = crew((number) => {
      numbers.push(number);
      return Promise.resolve(`begun ${number}`);
    }, 3);
    expect(await processes.start()).toBe('begun 1');
    expect([numbers, living.size]).toStrictEqual([[1, 2, 3], 3]);
    await processes.close(10_000);
    expect([living.size, told]).toStrictEqual([0, []]);
  });

  it('are replaced under their numbers when they die, also again and again', async () => {
    const { processes, living, heard } = crew(() => Promise.resolve(''));
    await processes.start();
    living.get(2)?.();
    await heard('worker 2 is 3');
    living.get(3)?.();
    await heard('worker 2 is 4');
    expect([...living.keys()]).toStrictEqual([1, 4]);
    await processes.close(10_000);
  });

  it('are tried again when one cannot take the place of another', async () => {
    const { processes, living, told, heard } = crew((_number, { processId }) =>
      [3, 4].includes(processId) ? Promise.reject(new Error('no room')) : Promise.resolve(''),
    );
    await processes.start();
    living.get(1)?.();
    await heard('worker 1 is 5');
    expect(told).toStrictEqual([
      'worker 1 (1) died',
      'worker 1: Error: no room',
      'worker 1: Error: no room',
      'worker 1 is 5',
    ]);
    await processes.close(10_000);
  });

  it('are not started beside a first one that cannot begin, whose reason is told once', async () => {
    const { processes, living, told } = crew(() => Promise.reject(new Error('the port is taken')));
    await expect(processes.start()).rejects.toThrow('the port is taken');
    await processes.close(10_000);
    expect([living.size, told]).toStrictEqual([0, []]);
  });

  it('are not replaced when they are expected to end', async () => {
    const { processes, living, told } = crew(() => Promise.resolve(''));
    await processes.start();
    processes.expectEnds();
    living.get(1)?.();
    await processes.close(10_000);
    expect([living.size, told]).toStrictEqual([0, []]);
  });
});
