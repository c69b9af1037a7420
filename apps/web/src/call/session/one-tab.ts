/** Work under one name goes on in one tab at a time, one after another; where a browser has no locks, in each. */
export function inOneTab<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const { locks } = globalThis.navigator as { locks?: LockManager | null };
  return locks ? (locks.request(name, work) as Promise<Result>) : work();
}
