import type { Config } from '../config/config.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { Engine } from '../engine/engine.ts';
import { describeError, type Logger } from '../logger.ts';
import { makeSandboxGroup, sandboxGroup } from '../sandboxes/control-group.ts';

/**
 * Which control group sandboxes are made in: the operator's; else one of their own, where the engine leaves the making of groups
 * to whoever names them and this process may weigh them; else the engine's, which is the empty text.
 */
export async function controlGroupFor(
  engine: Pick<Engine, 'info'>,
  { cgroupParent, sandboxWeight }: Pick<Config, 'cgroupParent' | 'sandboxWeight'>,
  logger: Logger,
): Promise<string> {
  if (cgroupParent !== '' || sandboxWeight === 0) return cgroupParent;
  try {
    const { cgroupDriver, cgroupVersion } = await engine.info();
    // systemd takes names of slices only, and keeps their weights itself.
    if (cgroupDriver !== 'cgroupfs') return '';
    await makeSandboxGroup(cgroupVersion, sandboxWeight);
    return sandboxGroup;
  } catch (error) {
    // Told already, by the check of the engine.
    if (!(error instanceof EngineError)) {
      logger.info('Sandboxes stay in the control group of the engine', describeError(error));
    }
    return '';
  }
}
