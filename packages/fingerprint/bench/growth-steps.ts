/** Times a run and the steps that it reports on its way, of which the first goes unreported until it is under way. */
export function stepClock(first = '') {
  const started = performance.now();
  const steps: Record<string, number> = {};
  let [current, since] = [first, started];
  const turnTo = (step: string): void => {
    const now = performance.now();
    if (current !== '') steps[current] = (steps[current] ?? 0) + (now - since) / 1000;
    [current, since] = [step, now];
  };
  return {
    onProgress: (step: string): void => {
      if (step !== current) turnTo(step);
    },
    stop: (): { seconds: number; steps: Record<string, number> } => {
      turnTo('');
      return { seconds: (performance.now() - started) / 1000, steps };
    },
  };
}
