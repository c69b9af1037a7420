import type { ReceiptRow } from '@oml/db/receipts';
import { OmlError } from '@oml/protocol/error';
import { receiptLookSchema } from '@oml/protocol/wire/receipt-look';
import { metricsOf } from '@oml/service/app';
import { describe, expect, it } from 'vitest';
import { quiet } from '../test-support/index-of.ts';
import { indexerApp } from './app.ts';
import type { Hex } from 'viem';
import type { Progress } from './indexer.ts';

const ask = async (path: string, progress: Progress | undefined, known?: ReceiptRow) => {
  const lookUp = async (hash: Hex) => (known?.hash === hash ? known : undefined);
  const response = await indexerApp({ progress: () => progress, lookUp, logger: quiet }).request(path);
  return { status: response.status, body: (await response.json()) as unknown };
};
/** An indexer that stands at a block, 2 s of chain time for each that it is behind. */
const at = (head: bigint, indexedBlock: bigint, rest: Partial<Progress> = {}): Progress => ({
  head,
  indexedBlock,
  lagSeconds: Math.max(0, 2 * Number(head - indexedBlock)),
  omittedLogs: 0,
  steppedAt: new Date(),
  ...rest,
});

describe('the indexer’s app', () => {
  it('is not ready before the first step, nor far behind, nor silent for long', async () => {
    expect((await ask('/ready', undefined)).status).toBe(503);
    expect((await ask('/ready', at(10n, 4n))).status).toBe(503);
    expect((await ask('/ready', at(10n, 10n, { steppedAt: new Date(Date.now() - 60_000) }))).status).toBe(503);
  });

  it('is ready within five blocks of the head', async () => {
    expect((await ask('/ready', at(10n, 5n))).status).toBe(200);
  });

  it('says how far it is, integers as decimal strings', async () => {
    expect(await ask('/status', undefined)).toEqual({
      status: 200,
      body: { head: null, indexedBlock: null, lag: null, lagSeconds: null },
    });
    expect(await ask('/status', at(10n, 4n))).toEqual({
      status: 200,
      body: { head: '10', indexedBlock: '4', lag: '6', lagSeconds: 12, omittedLogs: 0 },
    });
    expect(await ask('/status', at(10n, 12n))).toMatchObject({
      body: { lag: '0' },
    });
  });

  it('looks up receipts by hash alone, and says up to which block', async () => {
    const hash: Hex = `0x${'ab'.repeat(32)}`;
    const claim = { claimId: hash, offence: 'unpaid-use', state: 'slashed', digests: [hash] } as const;
    const row: ReceiptRow = { hash, bookings: [], claims: [{ ...claim, digests: [hash] }] };
    const found = await ask(`/receipts/${hash}`, at(10n, 9n), row);
    expect(found).toEqual({ status: 200, body: { hash, block: '9', booked: [], claims: [claim] } });
    expect(receiptLookSchema.parse(found.body).claims).toHaveLength(1);
    expect(await ask(`/receipts/0x${'cd'.repeat(32)}`, at(10n, 9n), row)).toMatchObject({ status: 404 });
    for (const wrong of ['0x12', '..%2f', `${hash}00`])
      expect(await ask(`/receipts/${wrong}`, at(10n, 9n), row)).toMatchObject({ status: 400 });
    expect((await ask(`/receipts/${hash}`, undefined, row)).status).toBe(503);
  });

  it('is not ready while the node contradicts itself, and says about what', async () => {
    const doubt = new OmlError('CHAIN_IN_DOUBT', 'The RPC endpoint contradicts itself about block 11.');
    const progress = at(10n, 10n, { doubt });
    expect(await ask('/ready', progress)).toEqual({
      status: 503,
      body: { ready: false, code: 'CHAIN_IN_DOUBT', detail: doubt.message },
    });
    expect(await ask('/status', progress)).toMatchObject({ body: { doubt: doubt.message } });
  });

  it('measures its lag in blocks and seconds, what it repaired, and whether it doubts', async () => {
    const app = indexerApp({ progress: () => at(10n, 4n, { omittedLogs: 3 }), logger: quiet });
    const text = await metricsOf(app)!.metrics();
    for (const [name, value] of [
      ['oml_index_lag_blocks', 6],
      ['oml_index_lag_seconds', 12],
      ['oml_index_omitted_logs', 3],
      ['oml_index_in_doubt', 0],
    ] as const)
      expect(text).toContain(`${name}{service="indexer"} ${value}\n`);
  });

  it('answers unknown paths with a problem', async () => {
    expect(await ask('/nowhere', undefined)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });
});
