import { join } from 'node:path';
import { DockerNetworks } from '../engine/docker/docker-networks.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { Engine } from '../engine/engine.ts';
import { SraasError } from '../errors.ts';
import { describeError } from '../logger.ts';
import { parseInterfaces, parseIpv4Networks, parseResolvers } from '../networks/address-lists.ts';
import { egressNames } from '../networks/egress-names.ts';
import { EgressNetwork } from '../networks/egress-network.ts';
import { Gateway } from '../networks/gateway.ts';
import { GatewayFolder } from '../networks/gateway-folder.ts';
import { GatewayImage } from '../networks/gateway-image.ts';
import type { Egress } from '../sandboxes/egress.ts';
import type { Surroundings } from './surroundings.ts';

interface EgressParts {
  readonly engine: Engine;
  readonly instanceId: string;
  readonly seccompProfile: string;
}

/** The way out for sandboxes, still closed. */
export interface OpenableEgress {
  /** Undefined where the operator gives no sandbox a network. */
  readonly egress: Egress | undefined;
  /**
   * Makes network and filter, or removes what an earlier run left of them. For after the sandboxes of that run have gone.
   * @throws SraasError EGRESS_UNAVAILABLE when they cannot be had on this machine; an engine that is away is no reason.
   */
  readonly open: () => Promise<void>;
}

/** Its closing is registered at once: it is undone after everything that is opened later, the sandboxes above all. */
export function makeEgress(
  { config, logger, onFailure, onStop, installDirectory }: Surroundings,
  { engine, instanceId, seccompProfile }: EgressParts,
): OpenableEgress {
  const names = egressNames(instanceId);
  const folder = new GatewayFolder(join(config.dataDirectory, 'egress'));
  const networks = new DockerNetworks({ host: config.engineHost });
  const images = new GatewayImage(engine, join(installDirectory, 'images'));
  const gateway = new Gateway({ engine, folder, names, seccompProfile, image: () => images.id() });
  if (!config.allowEgress) {
    return {
      egress: undefined,
      open: async () => {
        try {
          if ((await networks.findNetwork(names.network)) === undefined && !(await gateway.exists())) return;
          await networks.removeNetwork(names.network);
          await gateway.remove();
          await folder.remove();
        } catch (error) {
          onFailure('The network of an earlier run could not be removed', error);
        }
      },
    };
  }
  const resolvers = parseResolvers(config.egressResolvers).items;
  const egress = new EgressNetwork({
    networks,
    gateway,
    names,
    resolverFile: folder.resolverFile,
    filter: {
      resolvers,
      denied: parseIpv4Networks(config.egressDenied).items,
      maxConnections: config.egressConnections,
    },
    onSafe: ({ uplinks }) => {
      logger.info('Functions may have a network: the packet filter around it is in place', { uplinks });
    },
    onUnsafe: (error) => {
      logger.error('The packet filter around functions with a network cannot be seen in place; none is started', {
        ...describeError(error),
      });
    },
    onRestored: () => {
      logger.warn('The packet filter around functions with a network had been changed or removed, and was put back');
    },
  });
  let opened = false;
  onStop(async () => {
    if (!opened) return;
    try {
      await egress.close();
      await folder.remove();
    } catch (error) {
      onFailure('The network of functions could not be removed; the next start does', error);
    }
  });
  return {
    egress,
    open: async () => {
      opened = true;
      await folder.make(resolvers, parseInterfaces(config.egressInterfaces).items);
      try {
        await egress.open();
      } catch (error) {
        if (isAboutTheEngine(error)) return;
        throw error instanceof SraasError && error.cause instanceof Error && !(error.cause instanceof SraasError)
          ? new SraasError('EGRESS_UNAVAILABLE', `${error.cause.message}. Mend it, or start without --allow-egress.`, {
              cause: error,
            })
          : error;
      }
    },
  };
}

/** It may come back, and the looks at the filter go on until then. */
function isAboutTheEngine(error: unknown): boolean {
  const cause = error instanceof SraasError ? error.cause : error;
  return cause instanceof EngineError && ['unreachable', 'permission_denied', 'timeout'].includes(cause.code);
}
