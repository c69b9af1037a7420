import '../test-support/dom.ts';
import { licenseRegistryAbi } from '@oml/contracts/abis';
import { createWalletClient, http, parseGwei, type Hex } from 'viem';
import { foundry } from 'viem/chains';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HostPanel } from '#host/host-panel.tsx';
import { History } from '#tracker/history.tsx';
import { answerAsIndex } from '../test-support/index.ts';
import { accountOf, DOLLAR, startMarket, type Market } from '../test-support/market.ts';
import { until, visit, type Site } from '../test-support/site.tsx';
import type { Manners } from '../test-support/wallet.ts';

const HOST = accountOf('HOST');

describe('a write from a page', () => {
  let market: Market;
  let site: Site;
  const wallet = () => createWalletClient({ account: HOST, chain: foundry, transport: http(market.rpcUrl) });
  beforeAll(async () => {
    market = await startMarket();
    answerAsIndex(market);
    await market.approve('HOST', market.licenses.address);
    await market.standStill();
  });
  afterEach(async () => {
    site?.leave();
    await market.anvil.mine({ blocks: 2 });
  });
  afterAll(() => market?.stop());

  const page = (manners?: Manners) =>
    visit(
      <>
        <HostPanel />
        <History />
      </>,
      market,
      HOST,
      manners,
    );
  const bond = async () =>
    (
      await market.publicClient.readContract({
        address: market.licenses.address,
        abi: licenseRegistryAbi,
        functionName: 'accountOf',
        args: [HOST.address],
      })
    ).bond;
  const inPool = () => until(async () => (await market.anvil.getTxpoolStatus()).pending > 0, 'a sent transaction');
  const low = { maxFeePerGas: parseGwei('4'), maxPriorityFeePerGas: parseGwei('1') };
  const high = { maxFeePerGas: parseGwei('40'), maxPriorityFeePerGas: parseGwei('10') };
  let last: { nonce: number; to: Hex; data: Hex };
  /** Sends at a low price, and remembers what. */
  const cheaply: Manners = {
    onSend: async ({ to, data }) => {
      const nonce = await market.publicClient.getTransactionCount({ address: HOST.address });
      last = { nonce, to: to!, data: data! };
      return wallet().sendTransaction({ to: to!, data: data!, nonce, ...low });
    },
  };

  it('is still on its way after a reload, and the same is not sent twice', async () => {
    site = page();
    await site.press('bond-post', { 'bond-post-amount': '7' });
    await inPool();
    await site.text('history-row', /Post bond.*Pending/);
    site.leave();
    site = page();
    await site.text('tracker-strip', /Post bond.*Pending/);
    // The same again is the same transaction: its button is busy as soon as the same is asked for.
    const amount = await until(() => document.querySelector('[data-testid="bond-post-amount"]'), 'the field');
    expect(amount).toBeTruthy();
    const before = site.asked.length;
    await site.fill('bond-post-amount', '7');
    await until(() => site.button('bond-post')?.getAttribute('aria-busy') === 'true', 'a busy button');
    expect(site.asked.slice(before)).not.toContain('eth_sendTransaction');
    await market.anvil.mine({ blocks: 1 });
    await site.text('history-row', /Post bond.*Included/);
    expect(await bond()).toBe(7n * DOLLAR);
  });

  it('that is cancelled in the wallet is said to be, and is never called done', async () => {
    const had = await bond();
    site = page(cheaply);
    await site.press('bond-post', { 'bond-post-amount': '8' });
    await inPool();
    await site.text('history-row', /Pending/);
    await wallet().sendTransaction({ to: HOST.address, nonce: last.nonce, ...high });
    await market.anvil.mine({ blocks: 1 });
    await site.text('row-bond-post', /was cancelled in your wallet/);
    await site.text('history-row', /Cancelled/);
    expect(await bond()).toBe(had);
  });

  it('at another price goes on under its new hash', async () => {
    const had = await bond();
    site = page(cheaply);
    await site.press('bond-post', { 'bond-post-amount': '9' });
    await inPool();
    await site.text('history-row', /Pending/);
    await wallet().sendTransaction({ ...last, ...high });
    await market.anvil.mine({ blocks: 1 });
    await site.text('history-row', /Included.*sent again with another fee/);
    expect(await bond()).toBe(had + 9n * DOLLAR);
  });

  it('that another call replaced did not happen', async () => {
    const had = await bond();
    site = page(cheaply);
    await site.press('bond-post', { 'bond-post-amount': '10' });
    await inPool();
    await site.text('history-row', /Pending/);
    await wallet().sendTransaction({
      to: market.licenses.address,
      data: '0x',
      nonce: last.nonce,
      gas: 100_000n,
      ...high,
    });
    await market.anvil.mine({ blocks: 1 });
    await site.text('row-bond-post', /did not happen: your wallet sent another transaction/);
    expect(await bond()).toBe(had);
  });

  it('is not asked for where the wallet lies about its chain', async () => {
    site = page({ chainId: 1 });
    await site.text('wrong-chain', /Ethereum \(1\)/);
    await site.press('bond-post', { 'bond-post-amount': '11' });
    await site.text('row-bond-post', /still on Ethereum \(1\).*Nothing was sent/);
    expect(site.asked).not.toContain('eth_sendTransaction');
  });
});
