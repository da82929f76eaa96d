import { release } from 'node:os';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/engine/engine-error.ts';
import type { Engine, EngineInfo } from '../../../src/engine/engine.ts';
import type { Logger } from '../../../src/logger.ts';
import { transportFor } from '../../../src/platform/transport.ts';
import { SocketTransport } from '../../../src/sandboxes/socket-channel-transport.ts';

const local = { operatingSystem: 'Debian', kernelVersion: release(), defaultRuntime: 'runc' } as EngineInfo;
const config = { transport: 'auto', engineHost: 'unix:///run/docker.sock', engineRuntime: '' };

/** A stand-in for an engine that gives these answers one after the other; a real one is not away on demand. */
function engineThatAnswers(...answers: readonly (EngineInfo | EngineError)[]): { engine: Engine; asked: () => number } {
  let asked = 0;
  const info = (): Promise<EngineInfo> => {
    const answer = answers[Math.min(asked++, answers.length - 1)];
    return answer instanceof EngineError || answer === undefined
      ? Promise.reject(answer ?? new Error('no answer'))
      : Promise.resolve(answer);
  };
  return { engine: { info } as Partial<Engine> as Engine, asked: () => asked };
}

function recordedLogger(): { logger: Logger; lines: unknown[] } {
  const lines: unknown[] = [];
  return { logger: { info: (...line: unknown[]) => lines.push(line) } as unknown as Logger, lines };
}

describe('the transport of a server', () => {
  it('is chosen when it starts, and the log says which and why', async () => {
    const { engine, asked } = engineThatAnswers(local);
    const { logger, lines } = recordedLogger();
    const transport = await transportFor(engine, config, logger);
    const [first, second] = await Promise.all([transport(), transport()]);
    expect(first).toBeInstanceOf(SocketTransport);
    expect(second).toBe(first);
    expect(asked()).toBe(1);
    expect(lines).toEqual([
      [expect.any(String), { transport: 'socket', because: expect.stringMatching(/^the engine is local/) as unknown }],
    ]);
  });

  it('is chosen later where the engine is away at the start, by what it says when it is back', async () => {
    const away = new EngineError('unreachable', 'nobody is there');
    const { engine } = engineThatAnswers(away, away, { ...local, operatingSystem: 'Docker Desktop' });
    const { logger, lines } = recordedLogger();
    const transport = await transportFor(engine, config, logger);
    await expect(transport()).rejects.toBe(away);
    expect(await transport()).not.toBeInstanceOf(SocketTransport);
    expect(lines).toHaveLength(1);
  });
});
