import { describe, expect, it } from 'vitest';
import { versionDifference } from '../../../src/functions/version-difference.ts';
import { draft } from '../store/drafts.ts';
import { temporaryStore } from '../store/temporary-store.ts';

describe('the difference of two versions', () => {
  it('names each member of the config that differs, in its order, and says whether the code is the same', async () => {
    const { functions } = await temporaryStore();
    const before = { env: { A: '1', B: '2' }, labels: { 'a/b': 'x' }, limits: { pids: 20 } };
    const after = { env: { B: '3', C: '4' }, description: 'new' };
    const one = (await functions.publish(draft('hello', 'a', before))).fn.latest;
    const two = (await functions.publish(draft('hello', 'b', after))).fn.latest;
    expect(versionDifference(one, two)).toEqual({
      name: 'hello',
      from: 1,
      to: 2,
      code: {
        same: false,
        from: { sha256: one.artifactHash, bytes: 123 },
        to: { sha256: two.artifactHash, bytes: 123 },
      },
      config: [
        { pointer: '/description', from: '', to: 'new' },
        { pointer: '/env/A', from: '1' },
        { pointer: '/env/B', from: '2', to: '3' },
        { pointer: '/env/C', to: '4' },
        { pointer: '/limits/pids', from: 20, to: 64 },
        { pointer: '/labels/a~1b', from: 'x' },
      ],
    });
    expect(versionDifference(two, two)).toMatchObject({ code: { same: true }, config: [] });
  });
});
