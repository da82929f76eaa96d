import { release } from 'node:os';
import type { Config } from '../config/config.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { Engine } from '../engine/engine.ts';
import type { Logger } from '../logger.ts';
import { chooseTransport, type TransportName } from '../sandboxes/channel-choice.ts';
import type { Transport } from '../sandboxes/channel-transport.ts';
import type { FifoMaker } from '../sandboxes/fifo-stock.ts';
import { SocketTransport } from '../sandboxes/socket-channel-transport.ts';
import { stdioTransport } from '../sandboxes/stdio-transport.ts';

/**
 * Chooses the transport for the engine, and logs which and why. An engine that does not answer now is asked again when a
 * sandbox is to be started; what it said once holds for as long as this server runs.
 */
export async function transportFor(
  engine: Engine,
  config: Pick<Config, 'transport' | 'engineHost' | 'engineRuntime'>,
  logger: Logger,
  fifos?: FifoMaker,
): Promise<() => Promise<Transport>> {
  let chosen: Promise<Transport> | undefined;
  const choose = async (): Promise<Transport> => {
    const { name, reason } = chooseTransport({
      ...config,
      wanted: config.transport as 'auto' | TransportName,
      engine: await engine.info(),
      kernelVersion: release(),
    });
    logger.info('Chose how sandboxes talk to this server', { transport: name, because: reason });
    return name === 'socket' ? new SocketTransport(fifos) : stdioTransport(engine);
  };
  const transport = async (): Promise<Transport> => {
    chosen ??= choose();
    try {
      return await chosen;
    } catch (error) {
      chosen = undefined;
      throw error;
    }
  };
  await transport().catch((error: unknown) => {
    // Told already, by the check of the engine.
    if (!(error instanceof EngineError)) throw error;
  });
  return transport;
}
