import { expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { defaultLimits } from '../../../src/functions/function-policy.ts';
import type { LaunchedContainer } from '../../../src/sandboxes/launched-container.ts';
import { PreparedSandboxes } from '../../../src/sandboxes/prepared.ts';
import { versionWith } from './versions.ts';

/** Starts nothing, and counts what there would be; a removal takes as long as the test wants. */
class CountedContainers {
  alive = 0;
  most = 0;
  readonly #removals: (() => void)[] = [];

  readonly launch = (): Promise<LaunchedContainer> => {
    this.most = Math.max(this.most, ++this.alive);
    const channel = { closed: false, onClosed: () => undefined };
    const release = (): Promise<void> =>
      new Promise((resolve) => {
        this.#removals.push(() => {
          this.alive--;
          resolve();
        });
      });
    return Promise.resolve({ channel, codeDirectory: '/nowhere', release } as unknown as LaunchedContainer);
  };

  endRemovals(): void {
    for (const end of this.#removals.splice(0)) end();
  }
}

/** Lets everything happen that waits for nothing but its turn. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const limitsOf = (memoryMb: number): typeof defaultLimits => ({ ...defaultLimits, memoryMb });

function preparedWith(
  containers: CountedContainers,
  { most, onFailure = () => undefined }: { readonly most: number; readonly onFailure?: () => void },
): PreparedSandboxes {
  return new PreparedSandboxes({ launcher: containers, codeDirectory: '/prepared', perKind: 2, most, onFailure });
}

it('never has more containers than it may, those among them that make room for another kind', async () => {
  const containers = new CountedContainers();
  const prepared = preparedWith(containers, { most: 4 });
  for (const memoryMb of [64, 80, 96, 64, 128]) {
    prepared.want('node24', limitsOf(memoryMb));
    await settled();
  }
  expect(containers.most).toBe(4);
  for (let i = 0; i < 4; i++) {
    containers.endRemovals();
    await settled();
  }
  expect(containers.most).toBe(4);
  expect(prepared.count).toBe(4);
});

it('a container that could not be given out has gone when it is told so, as another is started in its stead', async () => {
  const containers = new CountedContainers();
  let taking: Promise<unknown> = Promise.resolve();
  let isTold = false;
  await new Promise<void>((onFailure) => {
    const prepared = preparedWith(containers, { most: 2, onFailure });
    prepared.want('node24', defaultLimits);
    taking = settled()
      .then(() => prepared.take({ version: versionWith(), codeDirectory: '/nowhere' }))
      .finally(() => (isTold = true));
  });
  await settled();
  expect(isTold).toBe(false);
  containers.endRemovals();
  expect(await taking).toBeUndefined();
});

it('starts others when the runtime has another image, also in place of one that is just being started', async () => {
  const containers = new CountedContainers();
  const prepared = preparedWith(containers, { most: 4 });
  const refilled = async (): Promise<readonly [prepared: number, alive: number]> => {
    for (let i = 0; i < 4; i++) {
      await settled();
      containers.endRemovals();
    }
    await settled();
    return [prepared.count, containers.alive];
  };
  prepared.want('mine', defaultLimits);
  prepared.want('node24', defaultLimits);
  void prepared.renew('mine');
  expect(await refilled()).toEqual([4, 4]);
  void prepared.renew('other');
  expect(await refilled()).toEqual([4, 4]);
  void prepared.renew('mine');
  expect(prepared.count).toBe(2);
  expect(await refilled()).toEqual([4, 4]);
});

it('does not keep other kinds waiting for a runtime that has no image', async () => {
  const containers = new CountedContainers();
  const failures: string[] = [];
  const prepared = new PreparedSandboxes({
    launcher: {
      launch: (_id, order) =>
        order.runtime === 'gone'
          ? Promise.reject(new SraasError('RUNTIME_NOT_READY', 'There is no image.'))
          : containers.launch(),
    },
    codeDirectory: '/prepared',
    perKind: 2,
    most: 4,
    onFailure: (message) => failures.push(message),
  });
  prepared.want('node24', defaultLimits);
  prepared.want('gone', defaultLimits);
  await settled();
  expect([prepared.count, failures]).toEqual([2, ['A sandbox could not be prepared']]);
});
