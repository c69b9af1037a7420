import '../test-support/dom.ts';
import { devDollarAbi } from '@oml/contracts/abis';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import type { Address } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OwnPanel } from '#model/own-panel.tsx';
import { contractsOf } from '#actions/contracts.ts';
import { answerAsIndex } from '../test-support/index.ts';
import { accountOf, DOLLAR, startMarket, type Market } from '../test-support/market.ts';
import { until, visit, type Site } from '../test-support/site.tsx';

const [OWNER, OUTSIDER] = [accountOf('OWNER'), accountOf('OUTSIDER')];

/** Nobody serves under the other kinds: what licensees pay is the owner's. */
const WHOLE = { ownerShareBps: 10_000, price: 2n * DOLLAR };
const CHILD = { childPrice: 1_000n, childBond: 20n * DOLLAR };

describe('an owner takes out what a model earns, and decides everything about it', () => {
  let market: Market;
  let site: Site;
  let modelId: bigint;
  let served: { licenseId: bigint; vault: Address };
  let asked: { licenseId: bigint; vault: Address };
  let refused: { licenseId: bigint; vault: Address };
  let heir: { licenseId: bigint; vault: Address };
  beforeAll(async () => {
    market = await startMarket();
    answerAsIndex(market);
    const { KIND } = market;
    const terms = await market.registerTerms(KIND.SERVE);
    const own = await market.registerTerms(KIND.PRIVATE, { ...WHOLE, approvalNeeded: true, period: 3_600 });
    const derive = await market.registerTerms(KIND.DERIVE, { ...WHOLE, royaltyBps: 1_000, ...CHILD });
    modelId = await market.publish('OWNER', 'tales', { offers: [terms, own, derive], resaleBps: 500 });
    served = await market.accept('HOST', modelId, KIND.SERVE);
    await market.deliver('OWNER', served.licenseId);
    await market.activate('HOST', served.licenseId);
    asked = await market.accept('BUYER', modelId, KIND.PRIVATE);
    refused = await market.accept('VERIFIER', modelId, KIND.PRIVATE);
    const right = await market.accept('OUTSIDER', modelId, KIND.DERIVE);
    await market.deliver('OWNER', right.licenseId);
    await market.activate('OUTSIDER', right.licenseId);
    const parents = [{ modelId, licenseId: right.licenseId }];
    const heirId = await market.publish('OUTSIDER', 'child', { offers: [terms, 0, 0], parents });
    heir = await market.accept('VERIFIER', heirId, KIND.SERVE);
    await market.deliver('OUTSIDER', heir.licenseId);
    await market.activate('VERIFIER', heir.licenseId);
    for (const { licenseId, vault } of [served, heir]) {
      await market.as.HOST.send({ ...market.licenses, functionName: 'deployVault', args: [licenseId] });
      await pay(vault);
    }
    site = visit(<OwnPanel />, market, OWNER);
  });
  afterAll(async () => {
    site?.leave();
    await market?.stop();
  });

  const read = () => market.publicClient;
  const pay = (vault: Address) =>
    market.as.BUYER.send({
      address: market.deployment.contracts.token,
      abi: devDollarAbi,
      functionName: 'transfer',
      args: [vault, 10n * DOLLAR],
    });
  const stateOf = async ({ licenseId }: { licenseId: bigint }) =>
    (await read().readContract({ ...market.licenses, functionName: 'license', args: [licenseId] })).state;
  const offers = async () =>
    (await read().readContract({ ...market.models, functionName: 'model', args: [modelId] })).offers;
  const id = (name: string) => `${name}-${modelId}`;

  it('splits vaults and pays out revenue and royalties', async () => {
    const before = await market.balanceOf(OWNER.address);
    await site.press(`vault-distribute-${served.licenseId}`);
    await site.press(`vault-payOwner-${served.licenseId}`);
    const once = await until(async () => {
      const now = await market.balanceOf(OWNER.address);
      return now > before && now;
    }, 'revenue');
    await site.press(`vault-distribute-${heir.licenseId}`);
    await site.press(`vault-payAncestor-${modelId}-${heir.licenseId}`);
    await until(async () => (await market.balanceOf(OWNER.address)) > once, 'a royalty');
  });

  it('approves one licensee and declines another, who gets everything back', async () => {
    await site.press(`license-approve-${asked.licenseId}`);
    await until(async () => (await stateOf(asked)) === LICENSE_STATE.BONDED, 'approved licensee');
    await site.press(`license-decline-${refused.licenseId}`);
    await until(async () => (await stateOf(refused)) === LICENSE_STATE.CLOSED, 'declined licensee');
  });

  it('changes a price, pauses, and offers again', async () => {
    // Whoever builds on it must ask for as much as the model itself ever does.
    await site.press(`offer-pause-${modelId}-2`);
    await until(async () => (await offers())[2] === 0, 'no offer to build on it');
    const [first] = await offers();
    // Far from what it asks now: nothing is sent before the owner says that it is meant.
    await site.fill(`offer-price-${modelId}-0-amount`, '2000');
    await until(() => site.shown().includes('looks like a slip'), 'the doubt', site.shown);
    expect(site.button(`offer-price-${modelId}-0`)?.disabled).toBe(true);
    await site.press(`offer-price-${modelId}-0`, { [`offer-price-${modelId}-0-amount`]: '0.002' });
    const second = await until(
      async () => {
        const [now] = await offers();
        return now !== first && now;
      },
      'other terms',
      site.shown,
    );
    const { terms } = contractsOf(market.deployment);
    expect((await read().readContract({ ...terms, functionName: 'terms', args: [second] })).price).toBe(2_000n);
    await site.press(`offer-pause-${modelId}-0`);
    await until(async () => (await offers())[0] === 0, 'no offer');
    await site.press(`offer-resume-${modelId}-0`, { [`offer-resume-${modelId}-0-terms`]: String(first) });
    await until(async () => (await offers())[0] === first, 'the first terms');
  });

  it('splits its revenue, keeps it again, lowers its resale share, names another agent and address', async () => {
    const payees = () => read().readContract({ ...market.models, functionName: 'payeesOf', args: [modelId] });
    const lines = `${OWNER.address} 60\n${OUTSIDER.address} 40`;
    await site.press(id('payees-set'), { [`${id('payees-set')}-payees`]: lines });
    await until(async () => (await payees()).length === 2, 'two payees');
    await site.press(id('payees-clear'));
    await until(async () => (await payees()).length === 1, 'one payee');
    await site.press(id('resale'), { [`${id('resale')}-share`]: '2.5' });
    await until(
      async () =>
        (await read().readContract({ ...market.models, functionName: 'royaltyInfo', args: [modelId, 1_000n] }))[1] ===
        25n,
      'a lower resale share',
    );
    const model = () => read().readContract({ ...market.models, functionName: 'model', args: [modelId] });
    await site.press(id('agent'), { [`${id('agent')}-account`]: OUTSIDER.address });
    await until(async () => (await model()).agent === OUTSIDER.address, 'another agent');
    await site.press(id('uri'), { [`${id('uri')}-uri`]: 'https://publisher.example' });
    await until(async () => (await model()).uri === 'https://publisher.example', 'another address');
  });

  it('posts a title bond, asks it back, and takes it', async () => {
    const { titles } = contractsOf(market.deployment);
    const title = () => read().readContract({ ...titles, functionName: 'titleBondOf', args: [modelId] });
    const at = (name: string) => `title-${name}-${modelId}`;
    await site.press(at('post'), { [`${at('post')}-amount`]: '30' });
    await until(async () => (await title()).bond === 30n * DOLLAR, 'title bond');
    await site.press(at('exit'), { [`${at('exit')}-amount`]: '20' });
    await until(async () => (await title()).exit.amount === 20n * DOLLAR, 'announced exit');
    await market.pass(130);
    const before = await market.balanceOf(OWNER.address);
    await site.press(at('withdraw'));
    await until(async () => (await market.balanceOf(OWNER.address)) === before + 20n * DOLLAR, 'money back');
  });

  it('registers a name, points it, gives it up, and transfers a model', async () => {
    const { names } = contractsOf(market.deployment);
    const of = async (text: string) =>
      read().readContract({
        ...names,
        functionName: 'nameOf',
        args: [await read().readContract({ ...names, functionName: 'nameIdOf', args: [text] })],
      });
    const before = await market.balanceOf(OWNER.address);
    await site.press('name-register', { 'name-register-name': 'tales', 'name-register-model': '0' });
    await until(async () => (await of('tales')).holder === OWNER.address, 'a name');
    await site.press('name-point-tales', { 'name-point-tales-model': String(modelId) });
    await until(async () => (await of('tales')).modelId === modelId, 'a name that points');
    await site.press('name-give-up-tales');
    await until(async () => (await market.balanceOf(OWNER.address)) === before, 'the deposit back');
    await site.press('name-register', { 'name-register-name': 'stories', 'name-register-model': '0' });
    await site.press('name-transfer-stories', { 'name-transfer-stories-account': OUTSIDER.address });
    await until(async () => (await of('stories')).holder === OUTSIDER.address, 'a name of somebody else');
    await site.press(id('transfer'), { [`${id('transfer')}-account`]: OUTSIDER.address });
    await until(
      async () =>
        (await read().readContract({ ...market.models, functionName: 'ownerOf', args: [modelId] })) ===
        OUTSIDER.address,
      'another owner',
    );
  });
});
