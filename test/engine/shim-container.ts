import { randomBytes } from 'node:crypto';
import { constants } from 'node:os';
import { join } from 'node:path';
import { DockerEngine } from '../../src/engine/docker/docker-engine.ts';
import { defaultLimits } from '../../src/functions/function-policy.ts';
import { RuntimeCatalog } from '../../src/runtimes/runtime-catalog.ts';
import type { Runtime } from '../../src/runtimes/runtime.ts';
import { containerSpec } from '../../src/sandboxes/container-spec.ts';
import { seccompProfile } from '../../src/sandboxes/seccomp-profile.ts';
import type { ShimExit, StartShim } from '../protocol/shim-process.ts';
import { engineHost } from '../support/server.ts';

const project = join(import.meta.dirname, '../..');
const engine = new DockerEngine({ host: engineHost });
const longestLifeMs = 120_000;
/** Above those that servers give out first. */
let uid = 59_000;

/** Starts shims as the product does: a runtime's image, hardened, the shims mounted from `dist/shim`. */
export async function asContainer(runtime: Runtime, codeDirectory: string): Promise<StartShim> {
  const image = await new RuntimeCatalog(engine, join(project, 'images')).imageOf(runtime);
  const profile = seccompProfile((await engine.info()).architecture);
  return (channelDirectory) => {
    uid += 1;
    const sandboxId = randomBytes(8).toString('hex');
    const created = engine.create(
      containerSpec({
        sandboxId,
        labels: { 'sraas.test': 'conformance' },
        runtime,
        image,
        // More processor than the default, for tests that are to be over soon.
        limits: { ...defaultLimits, cpus: 1 },
        uid,
        network: undefined,
        codeDirectory,
        channelDirectory,
        shimDirectory: join(project, 'dist/shim'),
        seccompProfile: profile,
        cgroupParent: '',
        engineRuntime: '',
      }),
    );
    const exited = created.then(async (id): Promise<ShimExit> => {
      try {
        await engine.start(id);
        const { exitCode } = await engine.wait(id, longestLifeMs);
        return exitOf(exitCode);
      } finally {
        await engine.remove(id);
      }
    });
    return {
      exited,
      kill: async () => {
        await engine.kill(await created);
      },
    };
  };
}

/** The first process of a container passes the shim's end on: a signal as 128 and its number. */
function exitOf(exitCode: number): ShimExit {
  const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
  return signal === undefined
    ? { type: 'exit', code: exitCode, signal: null }
    : { type: 'exit', code: null, signal: signal as NodeJS.Signals };
}
