import { atMost, type BenchCase, type Contest } from '../bench-case.ts';
import type { Subjects } from '../subjects/subjects.ts';

const name = 'with-dockerfile';

async function open(subjects: Subjects): Promise<Contest> {
  const { client } = await subjects.server();
  const runtimes = await client.runtimes.list();
  const origin = runtimes.find((runtime) => runtime.name === 'node24')?.base;
  // "official: node:24-slim", or a stand-in that this machine made.
  const base = origin?.replace(/^\w+: /, '');
  if (base === undefined) throw new Error('The runtime node24 has no image: run `npx sraas images build node24`.');
  let deploys = 0;
  const deploy = async (dockerfile: string): Promise<{ 'ms a deploy': number }> => {
    const source = `export const handler = () => ${deploys++};\n`;
    const files = { Dockerfile: dockerfile, 'main.mjs': source };
    const began = performance.now();
    await client.deploy(name, { runtime: 'dockerfile', handler: 'main.handler' }, { files });
    return { 'ms a deploy': performance.now() - began };
  };
  const text = (marker: string): string => `FROM ${base}\nRUN echo ${marker} > /marker\n`;
  const known = text('known');
  await deploy(known);
  return {
    ours: () => deploy(known),
    theirs: () => deploy(text(`new-${deploys}`)),
    [Symbol.asyncDispose]: async () => {
      await client.remove(name);
      await client.pruneImages();
    },
  };
}

export const redeployCase: BenchCase = {
  id: 'B1',
  what: 'a deploy of changed code beside the same Dockerfile',
  against: 'a deploy whose Dockerfile has not been seen before',
  bars: { 'ms a deploy': atMost(1 / 20) },
  rounds: 6,
  open,
};
