import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { classifierInput } from '../../test-support/digits.ts';
import { PATIENCE_MS, startPublisherOnChain } from '../../test-support/publisher-on-chain.ts';
import { Workshop } from './workshop.ts';

const ABORTING = new URL('../../test-support/aborting-process.ts', import.meta.url);
const { model, ordinary } = classifierInput;
const source = { kind: 'classifier' as const, model, ordinary };
const draft = { source, secret: new Uint8Array(32).fill(7), commonCount: 12, tracingCount: 6, bits: 3 };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function open(program?: URL): Workshop {
  const workshop = new Workshop(program);
  closing.push(() => workshop.close());
  return workshop;
}

/** A file that the aborting program leaves where it died. */
function freshMark(): string {
  const mark = join(mkdtempSync(join(tmpdir(), 'workshop-')), 'mark');
  process.env['MARK'] = mark;
  return mark;
}

describe('the workshop', () => {
  it('answers what a job answers, and throws what it throws', async () => {
    const workshop = open();
    await expect(workshop.run('inspect', source)).resolves.toMatchObject({ kind: 'classifier', outcomes: 10 });
    await expect(workshop.run('inspect', { ...source, model: Uint8Array.of(1, 2) })).rejects.toMatchObject({
      code: 'MODEL_NOT_ONNX',
    });
    await expect(workshop.run('inspect', { ...source, kind: 'language' })).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      retryable: false,
    });
  });

  it('outlives a job whose native code aborts, says its last words, and does the next job', async () => {
    const mark = freshMark();
    const workshop = open(ABORTING);
    const [first, second] = [workshop.run('draft', draft), workshop.run('draft', draft)];
    await expect(first).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('SIGABRT'),
      cause: expect.objectContaining({ message: expect.stringContaining('what():') }),
    });
    expect(existsSync(mark)).toBe(true);
    await expect(second).resolves.toMatchObject({ size: 18 });
  });

  it('ends a job in the midst of the engine’s work, and goes on living', async () => {
    for (let round = 0; round < 3; round++) {
      const workshop = open();
      const begun = Promise.withResolvers<void>();
      const job = workshop.run('draft', draft, () => begun.resolve());
      const ended = expect(job).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
      await begun.promise;
      await workshop.close();
      await ended;
      await expect(workshop.run('inspect', source)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
  });
});

it(
  'a publication whose job aborts is tried again and ends well, and the publisher answers on',
  async () => {
    const mark = freshMark();
    const on = await startPublisherOnChain({ workshop: new Workshop(ABORTING) });
    closing.push(() => on.stop());
    const publicationId = await on.order(await on.request());
    await on.publisher.advance(publicationId);
    expect(existsSync(mark)).toBe(true);
    expect(await on.view(publicationId)).toMatchObject({ state: 'running' });
    on.publisher.start();
    expect(await on.ready(publicationId)).toMatchObject({ report: { success: 1, verified: 1 } });
  },
  PATIENCE_MS,
);
