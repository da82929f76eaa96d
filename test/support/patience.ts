/** For what comes at once, but for a busy machine: vitest itself gives up after a second. */
export const patience = { timeout: 10_000 } as const;
