import type { EngineInfo } from '../engine/engine.ts';

export type TransportName = 'socket' | 'stdio';

export interface TransportChoice {
  readonly name: TransportName;
  /** For operators: the end of "chosen because …". */
  readonly reason: string;
}

interface Circumstances {
  /** What the operator wants. */
  readonly wanted: 'auto' | TransportName;
  readonly engineHost: string;
  /** Low-level runtime of sandboxes; empty for the engine's own. */
  readonly engineRuntime: string;
  readonly engine: Pick<EngineInfo, 'operatingSystem' | 'kernelVersion' | 'defaultRuntime'>;
  /** Release of the kernel that this process runs on. */
  readonly kernelVersion: string;
}

/** Low-level runtimes whose containers are plain processes of the engine's kernel. They go by the names that operators give. */
const sharesKernel = /(^|[^a-z])(runc|crun|youki)/i;

/**
 * Decides how sandboxes talk to the host: over a mounted socket where they share its kernel, else over their standard
 * streams, which the engine carries wherever they are. Pure.
 */
export function chooseTransport(circumstances: Circumstances): TransportChoice {
  const { wanted, engineHost, engine, kernelVersion } = circumstances;
  if (wanted !== 'auto') return { name: wanted, reason: '--transport says so' };
  if (!engineHost.startsWith('unix://')) return { name: 'stdio', reason: 'the engine is not on this machine' };
  if (/docker desktop/i.test(engine.operatingSystem)) {
    return { name: 'stdio', reason: 'Docker Desktop runs containers in a virtual machine' };
  }
  if (engine.kernelVersion !== kernelVersion) {
    return {
      name: 'stdio',
      reason: `the engine runs on another kernel (${engine.kernelVersion}) than this server (${kernelVersion})`,
    };
  }
  const runtime = circumstances.engineRuntime === '' ? engine.defaultRuntime : circumstances.engineRuntime;
  if (!sharesKernel.test(runtime)) {
    return { name: 'stdio', reason: `the low-level runtime ${runtime} may give containers a kernel of their own` };
  }
  return { name: 'socket', reason: `the engine is local and ${runtime} shares this machine's kernel` };
}
