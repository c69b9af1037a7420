import { describe, expect, it } from 'vitest';
import { createQueue } from './queue.ts';

const busy = (why: RegExp) =>
  expect.objectContaining({
    code: 'UNAVAILABLE',
    retryable: true,
    message: expect.stringMatching(why),
    details: { retryAfter: expect.any(Number) },
  });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the queue of a model', () => {
  it('makes so many answers at a time, in the order in which they came', async () => {
    const enter = createQueue({ atOnce: 2 });
    const started: number[] = [];
    let running = 0;
    let most = 0;
    const all = [0, 1, 2, 3, 4].map((i) =>
      enter('m', undefined).run(async () => {
        started.push(i);
        most = Math.max(most, ++running);
        await pause(5);
        running--;
        return i;
      }),
    );
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4]);
    expect(started).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
  });

  it('sends away whom it would keep waiting, and takes them when the others have left', async () => {
    const enter = createQueue({ atOnce: 1, mostWaitMs: 50 });
    const first = enter('m', undefined);
    await first.run(() => pause(40));
    const second = enter('m', undefined);
    expect(() => enter('m', undefined)).toThrow(busy(/busy/));
    enter('another', undefined);
    first.leave();
    second.leave();
    second.leave();
    enter('m', undefined);
    expect(() => enter('m', undefined)).not.toThrow();
  });

  it('takes so many calls of one payer, and others’ beside them', () => {
    const enter = createQueue({ mostOfPayer: 2 });
    const mine = [enter('m', '0xa'), enter('m', '0xa')];
    expect(() => enter('m', '0xa')).toThrow(busy(/of this payer/));
    enter('m', '0xb');
    mine[0]!.leave();
    enter('m', '0xa');
  });

  it('takes few calls from one address whose payments nobody has looked up, and others’ beside them', () => {
    const enter = createQueue({ mostUnseen: 2 });
    const mine = ['0xa', '0xb'].map((payer) => enter('m', payer, 'here'));
    expect(() => enter('m', '0xc', 'here')).toThrow(busy(/from this address/));
    enter('m', '0xc', 'elsewhere');
    // One is paid for, and one is gone: as often as it is said.
    mine[0]!.keep();
    mine[0]!.keep();
    mine[1]!.leave();
    mine[0]!.leave();
    const next = ['0xd', '0xe'].map((payer) => enter('m', payer, 'here'));
    expect(() => enter('m', '0xf', 'here')).toThrow(busy(/from this address/));
    for (const place of next) place.leave();
  });

  it('goes on after work that failed', async () => {
    const enter = createQueue({ atOnce: 1 });
    const place = enter('m', undefined);
    await expect(place.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await enter('m', undefined).run(async () => 'next')).toBe('next');
  });

  it('waits for nobody who left before its turn, and ends what has begun', async () => {
    const enter = createQueue({ atOnce: 1 });
    const [first, leaver] = [new AbortController(), new AbortController()];
    const began = Promise.withResolvers<void>();
    const end = Promise.withResolvers<string>();
    const running = enter('m', undefined).run(
      () => (began.resolve(), end.promise),
      () => first.signal,
    );
    await began.promise;
    const ran: string[] = [];
    const left = enter('m', undefined).run(
      async () => ran.push('left'),
      () => leaver.signal,
    );
    const stayed = enter('m', undefined).run(async () => ran.push('stayed'));
    const gone = enter('m', undefined).run(
      async () => ran.push('gone'),
      () => AbortSignal.abort(),
    );
    for (const controller of [first, leaver]) controller.abort();
    await expect(left).rejects.toMatchObject({ code: 'ANSWER_FAILED' });
    await expect(gone).rejects.toMatchObject({ code: 'ANSWER_FAILED' });
    end.resolve('whole');
    expect(await running).toBe('whole');
    await stayed;
    expect(ran).toEqual(['stayed']);
  });

  it('never holds more than its most, whatever the wait', () => {
    const enter = createQueue({ mostCalls: 3 });
    for (let i = 0; i < 3; i++) enter('m', undefined);
    expect(() => enter('m', undefined)).toThrow(busy(/busy/));
  });
});
