import { expect, it } from 'vitest';
import { closeAll } from '../../../src/platform/close-all.ts';

it('steps are taken back from the last to the first, with those that are added meanwhile', async () => {
  const taken: string[] = [];
  const closers: (() => Promise<void>)[] = [];
  const step = (name: string, then: () => void = () => undefined) => {
    closers.push(() => {
      taken.push(name);
      then();
      return Promise.resolve();
    });
  };
  step('store');
  step('server', () => {
    step('late');
  });
  await closeAll(closers);
  expect(taken).toEqual(['server', 'late', 'store']);
});

it('a step that fails keeps no other from being taken back, and is told of', async () => {
  const taken: string[] = [];
  const failing = (name: string) => () => {
    taken.push(name);
    return Promise.reject(new Error(name));
  };
  await expect(closeAll([failing('store'), failing('sandboxes'), failing('server')])).rejects.toThrow('server');
  expect(taken).toEqual(['server', 'sandboxes', 'store']);
});
