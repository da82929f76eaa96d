import type { SraasClient } from '../../../src/client/sraas-client.ts';
import { atATime } from '../../support/at-a-time.ts';
import type { WatchedServer } from '../../support/watched-server.ts';
import { type Deed, deeds, wrongWith } from './deeds.ts';
import { MemorySamples } from './memory-samples.ts';
import { pickWeighted, seededRandom } from './seeded-random.ts';

const seed = 20_261;
const calls = 10_000;
/** Code is compiled and buffers grow meanwhile; memory is looked at after these. */
const warmUpCalls = 3000;
const callsPerSample = 250;
const callers = 10;
/** Calls go to so many functions at a time, one after the other of them all: each takes a container, and each loses it again. */
const inUse = 8;

interface PlannedCall {
  readonly deed: Deed;
  /** Number of the function. */
  readonly by: number;
  readonly nonce: string;
}

/** Makes the same 10,000 calls in every run, and tells of each reply that was not the right one. */
export async function callAll(
  server: WatchedServer,
  client: SraasClient,
  functionCount: number,
): Promise<{ readonly wrong: readonly string[]; readonly memory: MemorySamples }> {
  const memory = new MemorySamples(server);
  const wrong: string[] = [];
  let made = 0;
  const callOne = async ({ deed, by, nonce }: PlannedCall): Promise<void> => {
    try {
      const reply = await client.invoke(`mixed-${by}`, { event: { deed: deed.name, nonce } });
      const fault = wrongWith(deed, nonce, by, reply);
      if (fault !== undefined) wrong.push(`${nonce} of ${by}, ${fault}`);
    } catch (error) {
      wrong.push(`${nonce} of ${by}, ${deed.name}: ${String(error)}`);
    }
    if (++made >= warmUpCalls && made % callsPerSample === 0) await memory.take(made);
  };
  await atATime(callers, plan(functionCount), callOne);
  return { wrong, memory };
}

function plan(functionCount: number): readonly PlannedCall[] {
  const random = seededRandom(seed);
  return Array.from({ length: calls }, (_, i) => ({
    deed: pickWeighted(deeds, random),
    by: (Math.floor((i * functionCount) / calls) + Math.floor(random() * inUse)) % functionCount,
    nonce: `${i}-${Math.floor(random() * 1e9)}`,
  }));
}
