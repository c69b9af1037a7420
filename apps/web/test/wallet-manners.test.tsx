import '../test-support/dom.ts';
import { licenseRegistryAbi } from '@oml/contracts/abis';
import { permitTypedData } from '@oml/protocol/signed/permit';
import { createWalletClient, http } from 'viem';
import { foundry } from 'viem/chains';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HostPanel } from '#host/host-panel.tsx';
import { History } from '#tracker/history.tsx';
import { useSign } from '#wallet/use-sign.ts';
import { explainError } from '#wallet/explain-error.ts';
import { answerAsIndex } from '../test-support/index.ts';
import { accountOf, DOLLAR, startMarket, type Market } from '../test-support/market.ts';
import { until, visit, type Site } from '../test-support/site.tsx';
import { declined, type Manners } from '../test-support/wallet.ts';
import { useState } from 'react';

const [HOST, OUTSIDER] = [accountOf('HOST'), accountOf('OUTSIDER')];

const DOMAIN = { name: 'Dev Dollar', version: '1', chainId: 31_337, verifyingContract: OUTSIDER.address };
const PERMIT = { owner: HOST.address, spender: OUTSIDER.address, value: 1n, nonce: 0n, deadline: 2n ** 40n };

/** Asks the wallet for a signature, and shows what came of it. */
function Asking() {
  const sign = useSign();
  const [told, setTold] = useState('');
  const ask = () =>
    sign(permitTypedData(PERMIT, DOMAIN)).then(setTold, (error: unknown) => setTold(explainError(error).sentence));
  return (
    <>
      <button type="button" data-testid="sign" onClick={() => void ask()} />
      <output data-testid="told">{told}</output>
    </>
  );
}

describe('a wallet', () => {
  let market: Market;
  let site: Site;
  beforeAll(async () => {
    market = await startMarket();
    answerAsIndex(market);
  });
  afterEach(() => site?.leave());
  afterAll(() => market?.stop());

  const page = (manners?: Manners, who = HOST) =>
    visit(
      <>
        <HostPanel />
        <History />
        <Asking />
      </>,
      market,
      who,
      manners,
    );
  const bond = async (account = HOST.address) =>
    (
      await market.publicClient.readContract({
        address: market.licenses.address,
        abi: licenseRegistryAbi,
        functionName: 'accountOf',
        args: [account],
      })
    ).bond;
  const post = (dollars: number) => site.press('bond-post', { 'bond-post-amount': String(dollars) });

  it('that declines has sent nothing, and may be asked again', async () => {
    let isWilling = false;
    site = page({
      batches: true,
      onAsk: async () => {
        if (!isWilling) throw declined();
      },
    });
    await post(3);
    await site.text('row-bond-post', /You declined it in your wallet.*Nothing was sent/);
    expect(await bond()).toBe(0n);
    isWilling = true;
    await post(3);
    await until(async () => (await bond()) === 3n * DOLLAR, 'a bond after all');
  });

  it('that sends several calls as one is asked once, and the page follows what they became', async () => {
    const had = await bond();
    site = page({ batches: true });
    await post(5);
    await until(async () => (await bond()) === had + 5n * DOLLAR, 'a larger bond');
    await site.text('history-row', /Post bond.*(Included|Final)/);
    expect(site.asked.filter((method) => method === 'wallet_sendCalls')).toHaveLength(1);
    expect(site.asked).not.toContain('eth_sendTransaction');
  });

  it('that promises so and then does not is asked for one call after the other', async () => {
    const had = await bond();
    const refusal = Object.assign(new Error('no upgrade'), { code: 5750 });
    site = page({
      batches: true,
      onAsk: async (method) => {
        if (method === 'wallet_sendCalls') throw refusal;
      },
    });
    await post(2);
    await until(async () => (await bond()) === had + 2n * DOLLAR, 'a larger bond');
    expect(site.asked.filter((method) => method === 'eth_sendTransaction')).toHaveLength(2);
  });

  it('that takes its time is waited for: the page says where it waits, and asks for nothing twice', async () => {
    const had = await bond();
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    site = page({ onAsk: () => opened });
    await post(4);
    await site.text('row-bond-post', /In your wallet/);
    expect(site.button('bond-post')!.getAttribute('aria-busy')).toBe('true');
    site.button('bond-post')!.click();
    open();
    await until(async () => (await bond()) === had + 4n * DOLLAR, 'a larger bond');
    await site.text('history-row', /Post bond.*(Included|Final)/);
    expect(await bond()).toBe(had + 4n * DOLLAR);
  });

  it('whose person chooses another account on the way shows each account its own', async () => {
    const had = await bond();
    site = page({
      onSend: async ({ to, data }) => {
        const wallet = createWalletClient({ account: HOST, chain: foundry, transport: http(market.rpcUrl) });
        const sent = await wallet.sendTransaction({ to: to!, data: data! });
        site.switchTo(OUTSIDER);
        return sent;
      },
    });
    await market.approve('HOST', market.licenses.address);
    await post(6);
    await until(async () => (await bond()) === had + 6n * DOLLAR, 'a larger bond');
    await until(
      () => !site.shown().includes('Post bond of') && site.shown().includes('Nothing sent yet'),
      'no history',
    );
    site.switchTo(HOST);
    await site.text('history-row', /Post bond.*(Included|Final)/);
    expect(await bond(OUTSIDER.address)).toBe(0n);
  });

  it('that signs over an empty domain is found out before anybody gets what it signed', async () => {
    const emptied = ({ types }: { types: object }) => ({ domain: {}, types: { ...types, EIP712Domain: [] } });
    site = page({ onSign: (asked) => ({ ...asked, ...emptied(asked) }) as typeof asked });
    await site.press('sign');
    expect(await site.text('told')).toMatch(/signed something else.*Nothing was sent/);
  });

  it('that signs what it is asked to is taken at its word', async () => {
    site = page();
    await site.press('sign');
    expect(await site.text('told')).toMatch(/^0x[0-9a-f]{130}$/);
  });
});
