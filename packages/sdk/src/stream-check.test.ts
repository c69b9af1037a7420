import fc from 'fast-check';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { completionOfTexts } from '@oml/protocol/evidence/completion';
import { receiptToJson } from '@oml/protocol/wire/receipt-json';
import { zeroAddress, zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import { serverEvents } from './server-events.ts';
import { checkedEvents, eventResponse } from './stream-check.ts';

const RECEIPT: SignedReceipt = {
  receipt: {
    licenseId: 1n,
    client: zeroAddress,
    requestNonce: zeroHash,
    queryHash: zeroHash,
    head: zeroHash,
    responseHash: zeroHash,
    paymentRef: zeroHash,
    amount: 1n,
    cumulative: 1n,
    answeredAt: 1n,
  },
  signature: `0x${'11'.repeat(65)}`,
};
const piece = (text: string) => `data: ${JSON.stringify({ choices: [{ text }] })}\n\n`;
const receipt = `data: ${JSON.stringify({ object: 'oml.receipt', choices: [], oml: receiptToJson(RECEIPT) })}\n\n`;
const done = 'data: [DONE]\n\n';

/** The text as a stream cut into pieces of the given sizes, also in the middle of characters. */
function cut(text: string, sizes: readonly number[]): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  let i = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const size = sizes[i++ % sizes.length]!;
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('server-sent events', () => {
  it('are the same however their bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 6 }),
        sizes,
        fc.boolean(),
        async (texts, lengths, crlf) => {
          const data = texts.map((text) => JSON.stringify(text));
          const stream = [': a comment\n\n', ...data.map((line) => `data: ${line}\n\n`)].join('');
          expect(await collect(serverEvents(cut(crlf ? stream.replaceAll('\n', '\r\n') : stream, lengths)))).toEqual(
            data,
          );
        },
      ),
    );
  });
});

describe('a streamed completion', () => {
  it('is checked as a whole before it looks finished', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 6 }), sizes, async (texts, lengths) => {
        const seen: unknown[] = [];
        const check = async (signed: SignedReceipt | undefined, completion: string) =>
          void seen.push([signed, completion]);
        const events = await collect(checkedEvents(cut([...texts.map(piece), receipt, done].join(''), lengths), check));
        expect(seen).toEqual([[RECEIPT, texts.join('')]]);
        expect(events.map(({ text }) => text).join('')).toBe(texts.join(''));
        expect(events.at(-1)!.data).toBe('[DONE]');
      }),
    );
  });

  it('breaks off where its receipt is refused', async () => {
    const refuse = () => Promise.reject(new Error('refused'));
    const response = eventResponse(
      checkedEvents(cut([piece('a'), receipt, done].join(''), [5]), refuse),
      new Response(),
    );
    await expect(response.text()).rejects.toThrow('refused');
  });

  it.each([
    ['after its receipt', piece('paid') + receipt + piece('unpaid')],
    ['beside text', `data: ${JSON.stringify({ choices: [{ text: '', delta: { content: 'unpaid' } }] })}\n\n`],
    ['in a choice beside the others', `data: ${JSON.stringify({ choices: [{ index: 999, text: 'unpaid' }] })}\n\n`],
  ])('breaks off at text %s', async (_, stream) => {
    const seen: string[] = [];
    const read = async () => {
      for await (const { data } of checkedEvents(cut(stream + done, [9]), async () => {})) seen.push(data);
    };
    await expect(read()).rejects.toMatchObject({ code: 'RECEIPT_INVALID' });
    expect(seen.join()).not.toContain('unpaid');
  });

  it('is checked with every choice of its events', async () => {
    const both = `data: ${JSON.stringify({ choices: [{ text: 'a' }, { index: 1, text: 'b' }] })}\n\n`;
    const seen: string[] = [];
    const check = async (_: unknown, completion: string) => void seen.push(completion);
    await collect(checkedEvents(cut(both + receipt + done, [9]), check));
    expect(seen).toEqual([completionOfTexts(['a', 'b'])]);
  });

  it('asks for its receipt also where the stream just ends', async () => {
    const seen: unknown[] = [];
    await collect(checkedEvents(cut(piece('a'), [5]), async (signed) => void seen.push(signed)));
    expect(seen).toEqual([undefined]);
  });

  it('passes on the error that the host sends', async () => {
    const broken = `data: ${JSON.stringify({ code: 'INTERNAL', detail: 'gone', error: { message: 'gone' } })}\n\n`;
    await expect(
      collect(checkedEvents(cut([piece('a'), broken].join(''), [50]), async () => {})),
    ).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
