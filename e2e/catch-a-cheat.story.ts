import { claimCourtAbi, licenseRegistryAbi } from '@oml/contracts/abis';
import { CLAIM_STATE } from '@oml/protocol/chain/claim-state';
import type { Audit } from '@oml/protocol/wire/audit';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actors, connectRpc, deployment, toldChapter } from './stack.ts';
import { visit, type Visitor } from './visitor.ts';

const audits = () => toldChapter<Record<'honest' | 'tardy' | 'cheat', Audit & { claimId?: Hex | null }>>('audits')!;

const claimOf = (id: Hex) =>
  connectRpc().readContract({
    address: deployment().contracts.claimCourt,
    abi: claimCourtAbi,
    functionName: 'claim',
    args: [id],
  });
const proofOf = (id: Hex) =>
  connectRpc().readContract({
    address: deployment().contracts.claimCourt,
    abi: claimCourtAbi,
    functionName: 'proof',
    args: [id],
  });
const bondOf = async (account: `0x${string}`) =>
  (
    await connectRpc().readContract({
      address: deployment().contracts.licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'accountOf',
      args: [account],
    })
  ).bond;
const depositedBy = async (account: `0x${string}`) => {
  const { contracts, deployedAtBlock } = deployment();
  const events = await connectRpc().getContractEvents({
    address: contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    eventName: 'BondDeposited',
    args: { account },
    fromBlock: BigInt(deployedAtBlock),
  });
  return events.reduce((sum, { args }) => sum + args.amount!, 0n);
};

describe('three hosts, three ends', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await visit(actors.outsider.account);
  });
  afterAll(() => visitor.leave());

  it('the honest host keeps its whole bond, and the claim on its booked receipts was refused by the contract', async () => {
    const refusal = audits().honest.steps.findLast(({ tx }) => tx)!.tx as `0x${string}`;
    expect(await bondOf(actors.honestHost.address)).toBe(await depositedBy(actors.honestHost.address));
    expect((await connectRpc().getTransactionReceipt({ hash: refusal })).status).toBe('reverted');
    await visitor.go(`/hosts/${actors.honestHost.address}`);
    await visitor.text('host-end', /refused/i);
    await visitor.go('/claims');
    expect(await visitor.text('refused-row', /AlreadyBooked|already booked/i)).toBeTruthy();
  });

  it('the tardy host booked only when contested: the owner was paid and the late fee taken', async () => {
    const claim = await claimOf(audits().tardy.claimId!);
    expect(claim.state).toBe(CLAIM_STATE.PAID_LATE);
    expect(await bondOf(actors.tardyHost.address)).toBeLessThan(await depositedBy(actors.tardyHost.address));
    await visitor.go(`/claims/${audits().tardy.claimId}`);
    await visitor.text('claim-state', /paid late/i);
    await visitor.go(`/hosts/${actors.tardyHost.address}`);
    await visitor.text('host-end', /late/i);
  });

  it('the cheat was slashed by the contract on fingerprint evidence', async () => {
    const { claimId } = audits().cheat;
    const claim = await claimOf(claimId!);
    expect(claim.state).toBe(CLAIM_STATE.SLASHED);
    expect(claim.offence).toBe(2);
    const { hits, itemCount, points, needed } = await proofOf(claimId!);
    expect(needed).toBeGreaterThanOrEqual(32);
    expect(hits * points - (itemCount - hits)).toBeGreaterThanOrEqual(needed);
    expect(claim.reach).toBeGreaterThan(0n);
    expect(await bondOf(actors.cheatingHost.address)).toBe(
      (await depositedBy(actors.cheatingHost.address)) - claim.reach,
    );
    await visitor.go(`/claims/${claimId}`);
    await visitor.text('claim-state', /slashed/i);
    await visitor.shoot('catch-a-cheat');
    await visitor.go(`/hosts/${actors.cheatingHost.address}`);
    await visitor.text('host-end', /slashed/i);
  });

  it('each step of the slash leads to its transaction', async () => {
    await visitor.go(`/claims/${audits().cheat.claimId}`);
    const links = await visitor.page
      .locator('a[href^="/tx/0x"]')
      .evaluateAll((anchors) => anchors.map((anchor) => anchor.getAttribute('href')!));
    expect(new Set(links).size).toBeGreaterThanOrEqual(3);
    await visitor.go(links.at(-1)!);
    await visitor.page
      .getByText(/success/i)
      .first()
      .waitFor();
  });

  it('a browser that checks the evidence again comes to the same end, without this site’s database', async () => {
    for (const [id, checks] of [
      [audits().tardy.claimId, 6],
      [audits().cheat.claimId, 8],
    ] as const) {
      await visitor.go(`/claims/${id}`);
      await visitor.page.getByTestId('check-again').click();
      const results = visitor.page.getByTestId('check-results');
      await results.waitFor();
      expect(await results.getByLabel('fails').count(), (await results.textContent()) ?? '').toBe(0);
      expect(await results.getByLabel('holds').count()).toBe(checks);
    }
    await visitor.page
      .getByText(/needed \d+/)
      .first()
      .waitFor();
    await visitor.shoot('check-again');
  });

  it('a browser that makes the refused claim again is refused for the same reason', async () => {
    await visitor.go(`/claims/refused/${audits().honest.steps.findLast(({ tx }) => tx)!.tx}`);
    await visitor.page.getByTestId('check-again').click();
    const results = visitor.page.getByTestId('check-results');
    await results.waitFor();
    expect(await results.getByLabel('fails').count(), (await results.textContent()) ?? '').toBe(0);
    expect(await results.getByLabel('holds').count()).toBe(2);
  });

  it('the pages fit a phone', async () => {
    await visitor.page.setViewportSize({ width: 390, height: 844 });
    for (const path of [
      '/',
      '/models',
      '/claims',
      `/claims/${audits().cheat.claimId}`,
      `/hosts/${actors.cheatingHost.address}`,
      '/verify',
    ]) {
      await visitor.go(path);
      const overflow = await visitor.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, path).toBeLessThanOrEqual(0);
    }
  });

  it('met no error in any page', () => {
    expect(visitor.errors).toEqual([]);
  });
});
