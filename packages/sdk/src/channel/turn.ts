/** Turns of one process, per store and channel. */
const turns = new WeakMap<object, Map<string, Promise<void>>>();

/** A call that never came to an end, such as a stream that nobody read, holds the next one up no longer than this. */
const LONGEST_TURN_MS = 120_000;

/** Waits for a channel's turn; the turn ends when the function that it resolves to is called. */
export async function takeTurn(store: object, name: string): Promise<() => void> {
  const lines = turns.get(store) ?? new Map<string, Promise<void>>();
  turns.set(store, lines);
  const before = lines.get(name) ?? Promise.resolve();
  const turn = Promise.withResolvers<void>();
  lines.set(
    name,
    before.then(() => turn.promise),
  );
  await before;
  const timer: unknown = setTimeout(turn.resolve, LONGEST_TURN_MS);
  (timer as { unref?: () => void }).unref?.();
  return () => {
    clearTimeout(timer as number);
    turn.resolve();
  };
}
