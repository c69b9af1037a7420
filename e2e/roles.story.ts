import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { appendFileSync } from 'node:fs';
import type { Address } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { contractsOf } from '../apps/web/src/actions/contracts.ts';
import { accountOf, DOLLAR, type Who } from '../apps/web/test-support/market.ts';
import { keyboardOn, type Keyboard } from './keyboard.ts';
import { startOwnMarket, type OwnMarket } from './own-market.ts';
import { until } from './stack.ts';
import { visit, type Visitor } from './visitor.ts';

const [HOST, VERIFIER] = [accountOf('HOST'), accountOf('VERIFIER')];

/** Everything by the keyboard alone; chain time goes on where a wait is days long elsewhere. */
describe('from the first visit to money out, without a mouse', () => {
  let own: OwnMarket;
  let visitor: Visitor;
  let keys: Keyboard;
  let modelId: bigint;
  let vault: Address;
  let licenseId: bigint;
  beforeAll(async () => {
    own = await startOwnMarket();
    modelId = await own.market.publish('OWNER', 'tales', { offers: [await own.market.registerTerms(0), 0, 0] });
  });
  afterEach(async () => {
    expect(visitor.errors).toEqual([]);
    await visitor.leave();
  });
  afterAll(() => own?.stop());

  const of = () => contractsOf(own.market.deployment);
  const read = () => own.market.publicClient;
  const held = (who: Who) => own.market.balanceOf(accountOf(who).address);

  async function arrive(who: Who): Promise<void> {
    visitor = await visit(accountOf(who), undefined, { url: own.url, rpcUrl: own.market.rpcUrl });
    keys = keyboardOn(visitor.page);
    await visitor.go('/use');
    await keys.press('connect-open');
    await keys.press('connect-Story Wallet');
    await visitor.text('account', /0x/i);
    const before = await held(who);
    await keys.press('faucet');
    await until('dev dollars', async () => (await held(who)) > before || undefined);
  }
  /** Told to whoever counts (clicks.ts). */
  const tell = (role: string) => {
    const file = process.env['OML_CLICKS'];
    if (file) appendFileSync(file, `${role} ${keys.presses()}\n`);
  };
  const license = () => read().readContract({ ...of().licenses, functionName: 'license', args: [licenseId] });
  const bond = async () =>
    (await read().readContract({ ...of().licenses, functionName: 'accountOf', args: [HOST.address] })).bond;

  it('a host takes a license, earns, closes, and has its bond back', async () => {
    await arrive('HOST');
    const funds = await held('HOST');
    await visitor.go(`/models/${modelId}/license`);
    await keys.press('license-make-keys');
    await keys.press('license-bind');
    await keys.type('license-endpoint', 'http://127.0.0.1:4301');
    await keys.press('license-accept');
    const [accepted] = await until('a license', async () => {
      const events = await read().getContractEvents({ ...of().licenses, eventName: 'LicenseAccepted', fromBlock: 0n });
      return events.length > 0 ? events : undefined;
    });
    ({ licenseId, vault } = accepted!.args as { licenseId: bigint; vault: Address });
    expect(await bond()).toBeGreaterThan(0n);
    await own.market.deliver('OWNER', licenseId);
    await keys.press('license-activate');
    await until('an active license', async () => (await license()).state === LICENSE_STATE.ACTIVE || undefined);

    await own.market.as.BUYER.send({ ...of().token, functionName: 'transfer', args: [vault, 10n * DOLLAR] });
    await visitor.go('/host');
    await keys.press(`vault-deploy-${licenseId}`);
    await keys.press(`vault-distribute-${licenseId}`);
    const before = await held('HOST');
    await keys.press(`vault-payHost-${licenseId}`);
    await until('what it earned', async () => (await held('HOST')) > before || undefined);
    const earned = (await held('HOST')) - before;

    await keys.press(`license-close-${licenseId}`);
    await until('a closing license', async () => (await license()).state === LICENSE_STATE.CLOSING || undefined);
    await own.market.pass(130);
    await keys.press(`license-finish-${licenseId}`);
    await until('a closed license', async () => (await license()).state === LICENSE_STATE.CLOSED || undefined);
    await keys.type('bond-ask-amount', String((await bond()) / DOLLAR));
    await keys.press('bond-ask');
    await visitor.page.getByTestId('row-bond-take').waitFor();
    await own.market.pass(130);
    await keys.press('bond-take');
    await until('no bond left', async () => (await bond()) === 0n || undefined);
    expect(await held('HOST')).toBe(funds + earned);
    tell('host');
  });

  it('an owner is paid what its model earned', async () => {
    await arrive('OWNER');
    const before = await held('OWNER');
    await visitor.go('/own');
    await keys.press(`vault-payOwner-${licenseId}`);
    await until('what the model earned', async () => (await held('OWNER')) > before || undefined);
    tell('owner');
  });

  it('a verifier stakes, and has its stake back', async () => {
    await arrive('VERIFIER');
    const funds = await held('VERIFIER');
    const stake = () => read().readContract({ ...of().verifiers, functionName: 'stakeOf', args: [VERIFIER.address] });
    await visitor.go('/verify');
    await keys.type('stake-amount', '60');
    await keys.press('stake-make-key');
    await keys.press('stake-send');
    await until('a stake', async () => (await stake()) === 60n * DOLLAR || undefined);
    await keys.press('stake-ask');
    await visitor.page.getByTestId('row-stake-take').waitFor();
    await own.market.pass(130);
    await keys.press('stake-take');
    await until('the whole stake', async () => (await held('VERIFIER')) === funds || undefined);
    expect(await stake()).toBe(0n);
    tell('verifier');
  });
});
