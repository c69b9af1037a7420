import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { createQueue } from './answer/queue.ts';
import { createGatewayMetrics } from './metrics.ts';

it('a place that is counted is given up as any other: who left is not answered, and holds nobody up', async () => {
  const registry = new Registry();
  const enter = createGatewayMetrics(registry, []).countPlaces(createQueue({ atOnce: 1, mostWaitMs: 60_000 }));
  const inLine = async () => (await registry.getSingleMetric('oml_calls_in_line')!.get()).values[0]!.value;
  const first = Promise.withResolvers<void>();
  const [one, two, three] = [enter('m', '0xa'), enter('m', '0xb'), enter('m', '0xc')];
  expect(await inLine()).toBe(3);
  const leaver = new AbortController();
  const running = one.run(() => first.promise);
  const left = two.run(
    () => Promise.reject(new Error('it was answered all the same')),
    () => leaver.signal,
  );
  const last = three.run(async () => 'answered');
  leaver.abort();
  await expect(left).rejects.toMatchObject({ code: 'ANSWER_FAILED' });
  first.resolve();
  await running;
  expect(await last).toBe('answered');
  for (const place of [one, two, three, three]) place.leave();
  expect(await inLine()).toBe(0);
});
