/**
 * Takes steps back, the last one first, and those too that are added meanwhile. One that fails keeps no other from being taken
 * back; the first failure is told in the end.
 */
export async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
    await close().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) await Promise.reject(failures[0]);
}
