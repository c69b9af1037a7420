/** Says yes so often in each second. */
export function atMostASecond(most: number): () => boolean {
  let second = 0;
  let given = 0;
  return () => {
    const now = Math.floor(performance.now() / 1_000);
    if (now !== second) [second, given] = [now, 0];
    return given++ < most;
  };
}
