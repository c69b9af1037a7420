import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGatewayStore, type GatewayStore } from '../store.ts';
import { answerKey, findAnswer, keepAnswer, purgeAnswers, type NewAnswer } from './kept-answers.ts';
import { purgeBodies } from './kept-bodies.ts';

const word = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;
const DAY_S = 86_400;

let scratch: string;
let store: GatewayStore;
const file = () => join(scratch, 'gateway.sqlite');
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'oml-forgotten-'));
  store = await openGatewayStore(file());
});
afterAll(async () => {
  await store?.close();
  rmSync(scratch, { recursive: true });
});

const answerAt = (answeredAt: number): NewAnswer => ({
  receipt: {
    licenseId: 1n,
    client: '0x1111111111111111111111111111111111111111',
    requestNonce: word(1),
    queryHash: word(2),
    head: word(3),
    responseHash: word(4),
    paymentRef: word(5),
    amount: 1n,
    cumulative: 1n,
    answeredAt: BigInt(answeredAt),
  },
  digest: word(6),
  asked: '{"prompt":"Once upon a time"}',
  outcome: {
    kind: 'text',
    text: 'there was a fox. '.repeat(400),
    finishReason: 'stop',
    usage: { promptTokens: 4, completionTokens: 8 },
  },
});

/** Is any part of these bytes anywhere in the files of the store? */
const isOnDisk = (bytes: Uint8Array): boolean =>
  ['', '-wal'].some((end) => {
    const disk = readFileSync(`${file()}${end}`);
    // Long rows are cut into pages: each of these pieces lies within one.
    return Array.from({ length: Math.floor(bytes.length / 16) }, (_, i) => bytes.subarray(16 * i, 16 * i + 16)).some(
      (piece) => disk.includes(Buffer.from(piece)),
    );
  });

describe('what is forgotten', () => {
  it('is in no file any more, its ciphertext neither, while others stay', async () => {
    const shelf = { store, key: answerKey(word(9)) };
    const now = Math.floor(Date.now() / 1000);
    const chargingOf = () => ({ queries: [], conflict: () => new Error('nothing is charged') as never });
    const first = await keepAnswer(shelf, { useRef: word(10), chargingOf }, answerAt(now - DAY_S - 60));
    const second = await keepAnswer(shelf, { useRef: word(11), chargingOf }, { ...answerAt(now), digest: word(7) });
    await Promise.all([first.onDisk, second.onDisk]);
    const rows = await store.db.selectFrom('answer').select(['outcome', 'asked']).orderBy('use_ref').execute();
    const [old, fresh] = rows as [(typeof rows)[0], (typeof rows)[0]];
    for (const bytes of [old.outcome!, old.asked!, fresh.outcome!]) expect(isOnDisk(bytes)).toBe(true);

    await purgeAnswers(shelf);
    await purgeBodies(store, DAY_S);
    await store.wipe();
    for (const bytes of [old.outcome!, old.asked!]) expect(isOnDisk(bytes)).toBe(false);
    for (const bytes of [fresh.outcome!, fresh.asked!]) expect(isOnDisk(bytes)).toBe(true);
    await expect(findAnswer(shelf, word(10))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await findAnswer(shelf, word(11)))!.outcome).toMatchObject({ kind: 'text' });
  });
});
