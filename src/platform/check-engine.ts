import type { Config } from '../config/config.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { Engine, EngineInfo } from '../engine/engine.ts';
import { SraasError } from '../errors.ts';
import type { Logger } from '../logger.ts';

/**
 * Refuses an engine that cannot hold what every sandbox is promised. One that does not answer is no reason not to start, but
 * for the strict profile: calls fail with a code that says so until it is back.
 * @returns the processor architecture that sandboxes will run on.
 */
export async function checkEngine(
  engine: Engine,
  { engineRuntime, profile }: Pick<Config, 'engineRuntime' | 'profile'>,
  logger: Logger,
): Promise<string> {
  let info: EngineInfo;
  try {
    info = await engine.info();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (profile === 'strict') {
      throw new SraasError(
        'ENGINE_UNAVAILABLE',
        'The strict profile cannot be given without an engine; start it first.',
        {
          cause: error,
        },
      );
    }
    logger.warn('The container engine does not answer; `sraas doctor` says what to do', { code: error.code });
    // Only sockets of this machine are spoken to, so its processor is the engine's.
    return process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  }
  const lacking = Object.entries(info.limits)
    .filter(([, supported]) => !supported)
    .map(([name]) => name);
  if (lacking.length > 0) {
    throw new SraasError(
      'ENGINE_UNAVAILABLE',
      `The engine cannot limit ${lacking.join(' and ')}, so sandboxes would not be safe.`,
    );
  }
  if (!info.securityFeatures.some((feature) => feature.includes('seccomp'))) {
    throw new SraasError('ENGINE_UNAVAILABLE', 'The engine has no seccomp, so sandboxes would not be safe.');
  }
  if (engineRuntime !== '' && !info.runtimes.includes(engineRuntime)) {
    throw new SraasError(
      'ENGINE_UNAVAILABLE',
      `The engine has no runtime ${engineRuntime}; it has ${info.runtimes.join(', ')}. Install it, or change --engine-runtime.`,
    );
  }
  return info.architecture;
}
