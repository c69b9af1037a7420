import { requestNonce } from '@oml/protocol/evidence/nonce';
import { receiptDigest, signReceipt, type Receipt } from '@oml/protocol/signed/receipt';
import { receiptToJson } from '@oml/protocol/wire/receipt-json';
import { deploymentSchema } from '@oml/protocol/chain/deployment';
import { devKey } from '@oml/service/test-support/dev-chain';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keccak256, toHex, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';

const [HOST, BUYER, OUTSIDER] = [devKey(1), devKey(2), devKey(3)].map((key) => privateKeyToAccount(key)) as [
  ReturnType<typeof privateKeyToAccount>,
  ReturnType<typeof privateKeyToAccount>,
  ReturnType<typeof privateKeyToAccount>,
];
const word = (n: number): Hex => keccak256(toHex(n));
/** No chain: addresses are all that is needed of one. */
const COURT = { chainId: 31_337, court: `0x${'11'.repeat(20)}` } as const;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'evidence-'));
  const names = Object.keys(deploymentSchema.shape.contracts.shape);
  const contracts = Object.fromEntries(names.map((name) => [name, COURT.court]));
  const deployment = { chainId: COURT.chainId, deployedAtBlock: 0, contracts };
  writeFileSync(join(folder, 'deployment.json'), JSON.stringify(deployment));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const receipt = (n: number, changes: Partial<Receipt> = {}): Receipt => ({
  licenseId: 1n,
  client: BUYER.address,
  requestNonce: requestNonce(BUYER.address, word(n)),
  queryHash: word(n),
  head: word(n),
  responseHash: word(n),
  paymentRef: word(0),
  amount: 10n,
  cumulative: BigInt(10 * n),
  answeredAt: 1_764_000_000n,
  ...changes,
});
const kept = async (n: number, changes: Partial<Receipt> = {}, signer = HOST) => ({
  receipt: receiptToJson(await signReceipt(receipt(n, changes), signer, COURT)),
  nonceSalt: word(n),
});

interface Checked {
  receipts: { digest: Hex; signer?: Hex; faults: string[] }[];
  equivocations: { digests: Hex[] }[];
}
async function check(bundle: unknown, ...flags: string[]): Promise<{ code: number; err: string } & Checked> {
  const file = join(folder, 'bundle.json');
  writeFileSync(file, JSON.stringify(bundle));
  let [out, err] = ['', ''];
  const argv = ['evidence', 'check', file, '--deployment', join(folder, 'deployment.json'), ...flags, '--json'];
  const write = (text: string) => (out += text);
  const code = await runCli(argv, { write, tell: (text) => (err += text), isTerminal: false });
  return { code, err, ...((out ? JSON.parse(out) : {}) as Checked) };
}

describe('oml evidence check', () => {
  it('finds of good receipts whose they are and what they are called, as the court does', async () => {
    const bundle = { receipts: [await kept(1), await kept(2)] };
    const { code, receipts, equivocations } = await check(bundle, '--claimant', BUYER.address);
    expect([code, equivocations]).toEqual([0, []]);
    expect(receipts).toMatchObject([
      { signer: HOST.address, faults: [] },
      { signer: HOST.address, faults: [] },
    ]);
    expect(receipts.map(({ digest }) => digest)).toEqual([1, 2].map((n) => receiptDigest(receipt(n), COURT)));
    expect((await check(bundle.receipts.map((one) => one.receipt))).code).toBe(0);
  });

  it('says what each bad one lacks, and ends with 1', async () => {
    const good = await kept(1);
    const changed = { ...good, receipt: { ...good.receipt, receipt: { ...good.receipt.receipt, amount: '11' } } };
    const highS = {
      ...good,
      receipt: { ...good.receipt, signature: `${good.receipt.signature.slice(0, 66)}${'f'.repeat(64)}1b` },
    };
    const faultsOf = async (one: object, ...flags: string[]) => {
      const { code, receipts } = await check({ receipts: [one] }, '--signer', HOST.address, ...flags);
      return [code, receipts[0]!.faults.join('; ')];
    };
    expect(await faultsOf(changed)).toEqual([1, expect.stringMatching(/signed it/)]);
    expect(await faultsOf(highS)).toEqual([1, expect.stringMatching(/none that the court takes/)]);
    expect(await faultsOf(await kept(1, {}, OUTSIDER))).toEqual([1, `${OUTSIDER.address} signed it`]);
    expect(await faultsOf(good, '--claimant', OUTSIDER.address)).toEqual([
      1,
      expect.stringMatching(/another claimant/),
    ]);
    expect(await faultsOf({ receipt: good.receipt }, '--claimant', BUYER.address)).toEqual([
      1,
      'nothing opens its nonce',
    ]);
    expect(await faultsOf(await kept(1, { amount: 11n }))).toEqual([1, expect.stringMatching(/more than its payment/)]);
    expect((await check({ receipts: [{ receipt: 'none' }] })).err).toMatch(/^REQUEST_INVALID: .*holds no receipts/);
  });

  it('finds the same money charged twice, though copies lie between, and no copy of one receipt', async () => {
    const [one, two, three] = [await kept(1), await kept(2), await kept(3)];
    const again = await kept(2, { queryHash: word(99) });
    const { equivocations } = await check({ receipts: [two, one, two, two, three, again] });
    const digests = [receiptDigest(receipt(2), COURT), receiptDigest(receipt(2, { queryHash: word(99) }), COURT)];
    expect(equivocations).toHaveLength(1);
    expect(equivocations[0]!.digests.toSorted()).toEqual(digests.toSorted());
    expect((await check({ receipts: [two, two, one, three] })).equivocations).toEqual([]);
  });
});
