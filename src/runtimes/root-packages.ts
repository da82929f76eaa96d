/** Packages beside the distribution's minimum: programs with TLS and dates expect them. */
export const rootPackages: readonly string[] = ['ca-certificates', 'tzdata'];
