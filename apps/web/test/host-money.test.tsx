import '../test-support/dom.ts';
import { devDollarAbi } from '@oml/contracts/abis';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import type { Address } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostPanel } from '#host/host-panel.tsx';
import { answerAsIndex } from '../test-support/index.ts';
import { accountOf, DOLLAR, startMarket, type Market } from '../test-support/market.ts';
import { until, visit, type Site } from '../test-support/site.tsx';

const HOST = accountOf('HOST');
const SIGNER = accountOf('SIGNER').address;

describe('a host gets everything out that it put in', () => {
  let market: Market;
  let site: Site;
  let license: { licenseId: bigint; vault: Address };
  beforeAll(async () => {
    market = await startMarket();
    answerAsIndex(market);
    const modelId = await market.publish('OWNER', 'tales', { offers: [await market.registerTerms(0), 0, 0] });
    license = await market.accept('HOST', modelId, 0);
    await market.deliver('OWNER', license.licenseId);
    await market.bindSigner();
    site = visit(<HostPanel />, market, HOST);
  });
  afterAll(async () => {
    site?.leave();
    await market?.stop();
  });

  const read = () => market.publicClient;
  const bond = () => read().readContract({ ...market.licenses, functionName: 'accountOf', args: [HOST.address] });
  const stored = () => read().readContract({ ...market.licenses, functionName: 'license', args: [license.licenseId] });
  const id = (name: string) => `${name}-${license.licenseId}`;

  it('takes up its edition, moves its address, gives its vault code and names a watchtower', async () => {
    await site.press(id('license-activate'));
    await until(async () => (await stored()).state === LICENSE_STATE.ACTIVE, 'active license');
    await site.press(id('vault-deploy'));
    await until(async () => read().getCode({ address: license.vault }), 'code of the vault');
    await site.press(id('license-endpoint'), { [`${id('license-endpoint')}-endpoint`]: 'http://127.0.0.1:4302' });
    await until(
      async () =>
        (await read().getContractEvents({ ...market.licenses, eventName: 'EndpointChanged', fromBlock: 0n })).length >
        0,
      'another endpoint',
    );
    await site.press(id('vault-tower'), { [`${id('vault-tower')}-account`]: accountOf('OUTSIDER').address });
    await site.text(id('row-vault-tower'), /Included|block/);
  });

  it('splits what arrived and pays itself out', async () => {
    const { token } = market.deployment.contracts;
    const arrived = {
      address: token,
      abi: devDollarAbi,
      functionName: 'transfer',
      args: [license.vault, 10n * DOLLAR],
    };
    await market.as.BUYER.send(arrived);
    const before = await market.balanceOf(HOST.address);
    await site.press(id('vault-distribute'));
    await site.press(id('vault-payHost'));
    const after = await until(async () => {
      const now = await market.balanceOf(HOST.address);
      return now > before && now;
    }, 'pay');
    expect(after - before).toBeGreaterThan(5n * DOLLAR);
    await site.press(id('vault-payProtocol'));
  });

  it('adds to its bond, revokes a stolen key, closes, and takes the whole bond back', async () => {
    const had = await market.balanceOf(HOST.address);
    const start = (await bond()).bond;
    await site.press('bond-post', { 'bond-post-amount': '5' });
    await until(async () => (await bond()).bond === start + 5n * DOLLAR, 'more bond');
    await site.press(`signer-revoke-${SIGNER.toLowerCase()}`);
    await until(
      async () => (await read().readContract({ ...market.licenses, functionName: 'signerOf', args: [SIGNER] }))[1] > 0,
      'revoked key',
    );
    await site.press(id('license-close'));
    await until(async () => (await stored()).state === LICENSE_STATE.CLOSING, 'closing license');
    await market.pass(130);
    await site.press(id('license-finish'));
    await until(async () => (await stored()).state === LICENSE_STATE.CLOSED, 'closed license');
    await site.press('bond-ask', { 'bond-ask-amount': '65' });
    await until(async () => (await bond()).exit.amount === 65n * DOLLAR, 'exit');
    await site.press('bond-keep');
    await until(async () => (await bond()).exit.amount === 0n, 'no exit');
    await site.press('bond-ask', { 'bond-ask-amount': '65' });
    await until(async () => (await bond()).exit.amount === 65n * DOLLAR, 'exit again');
    await market.pass(130);
    await site.press('bond-take');
    await until(async () => (await bond()).bond === 0n, 'empty account');
    expect(await market.balanceOf(HOST.address)).toBe(had + start);
  });

  it('is asked for nothing but what it sends', () => {
    const signed = site.asked.filter((method) => /send|sign/i.test(method));
    expect(new Set(signed)).toEqual(new Set(['eth_sendTransaction']));
  });
});
