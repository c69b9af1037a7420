import '../test-support/dom.ts';
import { parseEventLogs, type Address } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractsOf } from '#actions/contracts.ts';
import { LicenseFlow } from '#license/license-flow.tsx';
import type { ShownTerms } from '#model/shown-model.ts';
import { answerAsIndex } from '../test-support/index.ts';
import { accountOf, DOLLAR, startMarket, type Market } from '../test-support/market.ts';
import { until, visit, type Site } from '../test-support/site.tsx';

const HOST = accountOf('HOST');

describe('a fresh host', () => {
  let market: Market;
  let site: Site;
  let modelId: bigint;
  let terms: ShownTerms;
  beforeAll(async () => {
    market = await startMarket();
    answerAsIndex(market);
    const termsId = await market.registerTerms(0);
    modelId = await market.publish('OWNER', 'tales', { offers: [termsId, 0, 0] });
    const told = await market.publicClient.readContract({
      ...contractsOf(market.deployment).terms,
      functionName: 'terms',
      args: [termsId],
    });
    terms = { ...told, termsId, kind: 'serve' } as unknown as ShownTerms;
    site = visit(<LicenseFlow modelId={modelId} terms={terms} />, market, HOST);
  });
  afterAll(async () => {
    site?.leave();
    await market?.stop();
  });

  it('makes keys, binds its signer, and posts bond and accepts with one signature and one transaction', async () => {
    await site.press('license-make-keys');
    await site.press('license-bind', {}, '24');
    const accepted = async () => {
      const all = { ...market.licenses, eventName: 'LicenseAccepted', fromBlock: 0n, strict: true } as const;
      return (await market.publicClient.getContractEvents(all))[0];
    };
    await until(async () => {
      const all = { ...market.licenses, eventName: 'SignerBound', fromBlock: 0n } as const;
      return (await market.publicClient.getContractEvents(all)).length > 0;
    }, 'a bound signer');
    const before = site.asked.length;
    await site.press('license-accept', { 'license-endpoint': 'http://127.0.0.1:4301' }, '20 21 22');
    const event = await until(accepted, 'a license');
    expect(event.args.account).toBe(HOST.address);
    const asked = site.asked.slice(before).filter((method) => /sign|send/i.test(method));
    expect(asked).toEqual(['eth_signTypedData_v4', 'eth_sendTransaction']);
    const bond = async (account: Address) =>
      (await market.publicClient.readContract({ ...market.licenses, functionName: 'accountOf', args: [account] })).bond;
    expect(await bond(HOST.address)).toBe(50n * DOLLAR);
    const { logs } = await market.publicClient.getTransactionReceipt({ hash: event.transactionHash });
    expect(parseEventLogs({ abi: market.licenses.abi, eventName: 'BondDeposited', logs })).toHaveLength(1);
  });
});
