/** The database that a run of tests is about. Each project of vitest.config.ts provides its own. */
export type StoreKind = 'sqlite' | 'postgres';

declare module 'vitest' {
  interface ProvidedContext {
    storeKind: StoreKind;
  }
}
