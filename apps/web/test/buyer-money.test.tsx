import '../test-support/dom.ts';
import { CLAIM_STATE, OFFENCE } from '@oml/protocol/chain/claim-state';
import { claimIdOf } from '@oml/protocol/evidence/claim';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import { exactPaymentRef } from '@oml/protocol/evidence/payment-ref';
import { signAuthorization } from '@oml/protocol/signed/authorization';
import { receiptDigest, signReceipt } from '@oml/protocol/signed/receipt';
import { nameOf } from '@oml/sdk/channel/pay';
import { keccak256, stringToHex, type Address, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '#actions/action.ts';
import { channelActions } from '#actions/channel-actions.ts';
import { contractsOf } from '#actions/contracts.ts';
import { ChannelPanel } from '#call/channel-panel.tsx';
import { keepPayment } from '#call/kept-payments.ts';
import { keepReceipt } from '#call/kept-receipts.ts';
import { PaidCalls } from '#call/paid-calls.tsx';
import { SessionList } from '#call/session/session-list.tsx';
import { sessionsOn } from '#call/session/sessions.ts';
import { ClaimActions } from '#claim/claim-buttons.tsx';
import { Shortfall } from '#claim/shortfall.tsx';
import { VerifierPanel } from '#stake/verifier-panel.tsx';
import { genesisOf } from '#tracker/look.ts';
import { openChannel } from '../test-support/channel.ts';
import { answerAsIndex } from '../test-support/index.ts';
import { accountOf, DOLLAR, startMarket, type Market } from '../test-support/market.ts';
import { until, visit, type Site } from '../test-support/site.tsx';
import { keepUnbookedUse } from '../test-support/unbooked-use.ts';

const [BUYER, HOST, OUTSIDER] = [accountOf('BUYER'), accountOf('HOST'), accountOf('OUTSIDER')];
const word = (text: string): Hex => keccak256(stringToHex(text));

describe('a buyer gets back what was not earned', () => {
  let market: Market;
  let site: Site;
  let license: { licenseId: bigint; vault: Address };
  let shelf: { account: Address; genesis: Hex };
  beforeAll(async () => {
    market = await startMarket();
    answerAsIndex(market);
    const offers = [await market.registerTerms(0), 0, 0] as const;
    const modelId = await market.publish('OWNER', 'tales', { offers });
    license = await market.accept('HOST', modelId, 0);
    await market.deliver('OWNER', license.licenseId);
    await market.activate('HOST', license.licenseId);
    await market.bindSigner();
    shelf = { account: BUYER.address, genesis: await genesisOf(market.publicClient) };
  });
  afterAll(async () => {
    site?.leave();
    await market?.stop();
  });

  const court = () => contractsOf(market.deployment).court;
  const now = async () => (await market.publicClient.getBlock()).timestamp;
  const payment = async (name: string) => {
    const validBefore = BigInt(Math.floor(Date.now() / 1000)) + 86_400n;
    const times = { validAfter: 0n, validBefore };
    const authorization = { from: BUYER.address, to: license.vault, value: DOLLAR, ...times, nonce: word(name) };
    const { token } = market.deployment.contracts;
    const domain = { name: 'Dev Dollar', version: '1', chainId: market.deployment.chainId, verifyingContract: token };
    return { authorization, signature: await signAuthorization(authorization, BUYER, domain) };
  };
  const isUsed = (nonce: Hex) => {
    const { token } = contractsOf(market.deployment);
    return market.publicClient.readContract({
      ...token,
      functionName: 'authorizationState',
      args: [BUYER.address, nonce],
    });
  };

  it('cancels a payment that nobody took, and books one that a host forgot', async () => {
    const [first, second] = [await payment('first'), await payment('second')];
    keepPayment(shelf, first);
    keepPayment(shelf, second);
    site = visit(<PaidCalls />, market, BUYER);
    await site.press(`payment-cancel-${first.authorization.nonce}`);
    await until(() => isUsed(first.authorization.nonce), 'a cancelled payment');
    expect(await market.balanceOf(license.vault)).toBe(0n);
    await market.as.HOST.send({ ...market.licenses, functionName: 'deployVault', args: [license.licenseId] });
    await site.press(`payment-book-${second.authorization.nonce}`);
    await until(async () => (await market.balanceOf(license.vault)) === DOLLAR, 'a booked payment');
    site.leave();
  });

  it('contests a use that was never booked, anyone ends the claim, and the bond and the reward come out', async () => {
    const { contracts } = market.deployment;
    const { receipt, digest } = await keepUnbookedUse(market, license.licenseId);
    const claim = () => market.publicClient.readContract({ ...court(), functionName: 'claim', args: [digest] });
    site = visit(<PaidCalls />, market, BUYER);
    await site.press(`use-anchor-${digest}`);
    await market.pass(20);
    await site.press(`use-contest-${digest}`);
    await until(async () => (await claim()).state === CLAIM_STATE.CONTESTED, 'an open claim');
    await site.text('use-claimed', /contested/);
    site.leave();
    await market.pass(60);
    const revealed = { address: contracts.claimCourt, abi: court().abi, eventName: 'UnpaidUseClaimed' } as const;
    const [event] = await market.publicClient.getContractEvents({ ...revealed, fromBlock: 0n });
    const held = { claimId: digest, claimant: BUYER.address, account: HOST.address, reserved: (await claim()).reach };
    const told = { offence: 'unpaid-use', state: 'contested', revealTx: event!.transactionHash } as const;
    site = visit(<ClaimActions claim={{ ...held, ...told }} />, market, OUTSIDER);
    await site.press(`claim-finalise-${digest}`);
    await until(async () => (await claim()).state === CLAIM_STATE.SLASHED, 'a slash');
    site.leave();
    const use = { vault: license.vault, paymentRef: receipt.paymentRef, client: BUYER.address, cumulative: 1_000n };
    site = visit(<Shortfall uses={[use]} />, market, OUTSIDER);
    await site.press('shortfall-pay', {}, '35');
    await until(async () => (await market.balanceOf(license.vault)) === DOLLAR + 1_000n, 'a booked shortfall');
    site.leave();
    site = visit(<ClaimActions claim={{ ...held, ...told, state: 'slashed' }} />, market, OUTSIDER);
    await site.press(`claim-cure-${digest}`);
    await until(async () => !(await claim()).suspends, 'a license that serves again');
    site.leave();
    const before = await market.balanceOf(BUYER.address);
    site = visit(<VerifierPanel />, market, BUYER);
    await site.press('court-withdraw');
    await until(async () => (await market.balanceOf(BUYER.address)) >= before + DOLLAR, 'the claim bond back');
    await site.press('court-deposit', { 'court-deposit-amount': '2' });
    const balance = () =>
      market.publicClient.readContract({ ...court(), functionName: 'balanceOf', args: [BUYER.address] });
    await until(async () => (await balance()) === 2n * DOLLAR, 'another deposit');
    site.leave();
  });

  it('accuses a host whose receipts charge the same money twice', async () => {
    const { contracts, chainId } = market.deployment;
    const place = { chainId, court: contracts.claimCourt };
    const answeredAt = await now();
    const digests = await Promise.all(
      ['one', 'other'].map(async (name) => {
        const receipt = {
          licenseId: license.licenseId,
          client: BUYER.address,
          requestNonce: requestNonce(BUYER.address, word(`salt of ${name}`)),
          queryHash: word(`query of ${name}`),
          head: word('head'),
          responseHash: word('answer'),
          paymentRef: exactPaymentRef(contracts.token, BUYER.address, word('twice')),
          amount: 1_000n,
          cumulative: 1_000n,
          answeredAt,
        };
        const signedReceipt = await signReceipt(receipt, accountOf('SIGNER'), place);
        keepReceipt(shelf, { signedReceipt, nonceSalt: word(`salt of ${name}`), model: 'tales' });
        return receiptDigest(receipt, place);
      }),
    );
    const claimId = claimIdOf(digests.toSorted((a, b) => (BigInt(a) > BigInt(b) ? -1 : 1)));
    site = visit(<PaidCalls />, market, BUYER);
    await site.press(`equivocation-anchor-${claimId}`);
    await market.pass(20);
    await site.press(`equivocation-accuse-${claimId}`);
    await site.text('equivocation-claimed', /charging twice/);
    const claim = await market.publicClient.readContract({ ...court(), functionName: 'claim', args: [claimId] });
    expect(claim).toMatchObject({ state: CLAIM_STATE.CONTESTED, offence: OFFENCE.equivocation });
    site.leave();
  });

  it('leaves a channel whose host is gone', async () => {
    const before = await market.balanceOf(BUYER.address);
    const { channelId, withdrawDelay } = await openChannel(market, 'BUYER', license.vault, { amount: 5n * DOLLAR });
    expect(await market.balanceOf(BUYER.address)).toBe(before - 5n * DOLLAR);
    site = visit(<ChannelPanel />, market, BUYER);
    await site.press('channels-look');
    await site.press(`channel-leave-${channelId}`);
    const { channels } = contractsOf(market.deployment);
    const leaving = () =>
      market.publicClient.readContract({ ...channels, functionName: 'pendingWithdrawals', args: [channelId] });
    await until(async () => (await leaving())[0] > 0n, 'an announced withdrawal');
    await market.pass(withdrawDelay + 1);
    await site.press(`channel-take-${channelId}`);
    await until(async () => (await market.balanceOf(BUYER.address)) === before, 'the whole channel back');
    site.leave();
  });

  it('asks for what a channel holds when it is pressed, not for what it held when it was shown', async () => {
    const opening = { amount: 5n * DOLLAR, sessionKey: OUTSIDER.address };
    const { channelId, config } = await openChannel(market, 'BUYER', license.vault, opening);
    const { publicClient, deployment } = market;
    const shown = { channelId, config, balance: 6n * DOLLAR, claimed: 0n, leaving: 0n };
    const [{ call, fresh }] = channelActions(publicClient, deployment, shown)[0]!.steps({}) as [Step];
    const simulate = (asked: unknown) =>
      publicClient.simulateContract({ ...(asked as object), account: BUYER.address } as never);
    await expect(simulate(call)).rejects.toThrow('WithdrawAmountExceedsAvailable');
    await simulate(await fresh!());
  });

  it('sees what a session spent, fills it up, stops it, and leaves it although its host is gone', async () => {
    const sessions = sessionsOn(shelf);
    const { sessionKey, store } = await sessions.channel(5n * DOLLAR);
    const before = await market.balanceOf(BUYER.address);
    const opening = { amount: 5n * DOLLAR, sessionKey: sessionKey.address };
    const { channelId, config, withdrawDelay } = await openChannel(market, 'BUYER', license.vault, opening);
    const { deployment } = market;
    const name = nameOf(
      { account: BUYER, channel: { sessionKey, store, deposit: 0n }, deployment },
      { payTo: license.vault },
    );
    await store.save(name, { channelId, config, charged: DOLLAR });
    const host = { ...license, endpoint: 'http://127.0.0.1:59999', model: 'tales', kind: 'language' } as const;
    await sessions.keep({ ...host, budget: 5n * DOLLAR, isStopped: false });
    site = visit(<SessionList />, market, BUYER);
    await site.text('session-meter', /\$1\.00 of \$5\.00 spent, \$4\.00 left/);
    await site.press(`channel-top-${channelId}`, { [`channel-top-${channelId}-amount`]: '2' });
    await site.text('session-meter', /\$1\.00 of \$7\.00 spent, \$6\.00 left/);
    expect(await market.balanceOf(BUYER.address)).toBe(before - 7n * DOLLAR);
    await site.press(`session-stop-${license.licenseId}`);
    await until(async () => (await sessions.hostOf(license.vault))?.isStopped, 'a stopped session');
    await site.press(`session-end-${license.licenseId}`);
    await site.text('session-problem', /can be withdrawn past it/);
    await site.press(`channel-leave-${channelId}`);
    await site.text(`row-channel-take-${channelId}`);
    await market.pass(withdrawDelay + 1);
    await site.press(`channel-take-${channelId}`);
    await until(async () => (await market.balanceOf(BUYER.address)) === before - DOLLAR, 'all but what was used');
    await site.press(`session-forget-${license.licenseId}`);
    await until(async () => (await sessions.hosts()).length === 0, 'a forgotten session');
  });
});
