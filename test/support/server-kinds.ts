import type { Config } from '../../src/config/config.ts';

interface ServerKind {
  readonly title: string;
  readonly settings: Partial<Config>;
}

/** Where a sandbox's container can come from: what holds for one kind of server has to hold for the other. */
export const serverKinds: readonly ServerKind[] = [
  { title: 'starts each container when it is needed', settings: { preparedPerKind: 0 } },
  // The defaults of the product.
  { title: 'keeps containers started ahead', settings: { preparedPerKind: 2, maxPrepared: 6 } },
];
