import { join } from 'node:path';
import { sandboxPaths } from '../protocol.ts';
import type { OpenChannel } from './channel.ts';
import { adoptedChannel, dialledChannel } from './channel.ts';
import { makeOutputBlock, redirectOutput } from './output.ts';
import { endProcess } from './originals.ts';
import type { PrivateDescriptors } from './stdio.ts';
import { inheritedDescriptors, runWithInheritedDescriptors, takeStdio } from './stdio.ts';

/** How this shim reaches its host. */
export interface Transport {
  readonly openChannel: OpenChannel;
  /** Descriptor that the host's marks go to. */
  readonly log: number;
  /** How many of its descriptors, from 3 on, children would inherit. */
  readonly exposedDescriptors: number;
}

interface TransportOptions {
  /** Folder with the socket and the FIFO. */
  readonly directory: string;
  readonly shimFile: string;
  /** The shim's own options, for one that is started in its stead. */
  readonly shimArguments: readonly string[];
}

/**
 * Sets up descriptors 0, 1 and 2 for user code, and keeps a way to the host. Throws when there is none. `docs/protocol.md`
 * describes the transports; `inherited` is the second half of `stdio`.
 */
export function openTransport(name: string, options: TransportOptions): Transport {
  const { directory } = options;
  switch (name) {
    case 'socket':
      redirectOutput(join(directory, sandboxPaths.outputFifo));
      return {
        openChannel: dialledChannel(join(directory, sandboxPaths.channelSocket)),
        log: 2,
        exposedDescriptors: 0,
      };
    case 'stdio': {
      const descriptors = takeStdio();
      if (descriptors !== undefined) return over(descriptors, 0);
      return endProcess(runWithInheritedDescriptors(options.shimFile, options.shimArguments));
    }
    case 'inherited':
      makeOutputBlock();
      return over(inheritedDescriptors, Object.keys(inheritedDescriptors).length);
    default:
      throw new Error('There is no such transport.');
  }
}

function over(descriptors: PrivateDescriptors, exposedDescriptors: number): Transport {
  return { openChannel: adoptedChannel(descriptors), log: descriptors.log, exposedDescriptors };
}
