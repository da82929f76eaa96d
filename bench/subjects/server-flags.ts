/**
 * What somebody sets who wants a hundred functions warm at a time: by default there are at most 50 sandboxes, and their memory
 * limits, of 256 MiB each, may add up to three quarters of the machine's. They use a small part of it.
 */
export const roomForHundredFunctions = ['--max-sandboxes', '150', '--max-sandbox-memory-mb', '40000'] as const;
