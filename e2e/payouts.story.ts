import { revenueVaultAbi } from '@oml/contracts/abis';
import type { Address } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EARNERS, type PaidShare } from '../scripts/stack/payouts.ts';
import { allVaults, replayTransfers } from './money.ts';
import { movedDollars, paidOutTo, sum, vaultEvents } from './paid-out.ts';
import { actors, connectRpc, toldChapter } from './stack.ts';
import { visit, type Visitor } from './visitor.ts';

const told = () => ({
  vault: toldChapter<{ vault: Address }>('license child')!.vault,
  child: toldChapter<{ modelId: string }>('publish digits-child')!.modelId,
  parent: toldChapter<{ modelId: string }>('publish digits')!.modelId,
  shares: toldChapter<PaidShare[]>('payouts')!,
});

describe('the owner of a child, its host and its parent’s owner', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await visit(actors.outsider.account);
  });
  afterAll(() => visitor.leave());

  it('hold more than before, each by exactly what the vault says', async () => {
    const { vault, parent, shares } = told();
    const ledger = await replayTransfers();
    const events = await vaultEvents(vault, ledger);
    const said = {
      owner: events('OwnerPaid').map(({ amount }) => amount),
      host: events('HostPaid').map(({ amount }) => amount),
      ancestor: events('AncestorPaid').flatMap(({ ancestorId, amount }) =>
        String(ancestorId) === parent ? [amount] : [],
      ),
    };
    expect(shares.map(({ share }) => share)).toEqual(Object.keys(EARNERS));
    for (const { share, account, amount, before, balance } of shares) {
      expect(account).toBe(actors[EARNERS[share]].address);
      expect(BigInt(balance), share).toBeGreaterThanOrEqual(BigInt(before) + BigInt(amount));
      expect(sum(said[share]), share).toBeGreaterThanOrEqual(BigInt(amount));
      expect(await movedDollars(ledger, { from: vault, to: account }), share).toBe(sum(said[share]));
    }
  });

  it('were paid nothing else: the second owner began with nothing and holds what its vaults say', async () => {
    const ledger = await replayTransfers();
    const owner = actors[EARNERS.owner].address;
    const paid = await paidOutTo(owner, ledger);
    expect(paid.length).toBeGreaterThan(0);
    for (const { earned, said, moved } of paid) expect([said, moved]).toEqual([earned, earned]);
    expect(ledger.balances.get(owner)).toBe(sum(paid.map(({ earned }) => earned)));
  });

  it('take nothing from anybody: what vaults collected is what they paid out and what they hold', async () => {
    const ledger = await replayTransfers();
    const read = { abi: revenueVaultAbi, blockNumber: ledger.block } as const;
    let all = { collected: 0n, paid: 0n, held: 0n };
    for (const { address } of await allVaults(ledger.block)) {
      const events = await vaultEvents(address, ledger);
      const [collected, held] = [await movedDollars(ledger, { to: address }), ledger.balances.get(address) ?? 0n];
      const paid = sum(events('Paid').map(({ amount }) => amount));
      expect(await movedDollars(ledger, { from: address }), address).toBe(paid);
      expect(paid + held, address).toBe(collected);
      all = { collected: all.collected + collected, paid: all.paid + paid, held: all.held + held };
      if (!(await connectRpc().getCode({ address, blockNumber: ledger.block }))) continue;
      const buckets = await connectRpc().readContract({ address, ...read, functionName: 'buckets' });
      const arrived = await connectRpc().readContract({ address, ...read, functionName: 'undistributed' });
      const splits = events('Distributed');
      const split = (part: keyof (typeof splits)[number]) => sum(splits.map((each) => each[part]));
      const protocol = events('ProtocolPaid');
      expect({ address, gross: split('gross') + arrived }).toEqual({ address, gross: collected });
      expect({
        address,
        owner: sum(events('OwnerPaid').map(({ amount }) => amount)) + buckets.owner,
        host: sum(events('HostPaid').map(({ amount }) => amount)) + buckets.host,
        lineage: sum(events('AncestorPaid').map(({ amount }) => amount)) + buckets.lineage,
        protocolFee: sum(protocol.map(({ protocolFee }) => protocolFee)) + buckets.protocolFee,
        pool: sum(protocol.map(({ poolAmount }) => poolAmount)) + buckets.pool,
      }).toEqual({
        address,
        owner: split('owner'),
        host: split('host'),
        lineage: split('lineage'),
        protocolFee: split('protocolFee'),
        pool: split('pool'),
      });
    }
    expect(all.paid + all.held).toBe(all.collected);
    expect(all.paid).toBeGreaterThan(0n);
  });

  it('are shown on the page of the child, with the transactions, and the ancestor on its own', async () => {
    const { child, parent, shares } = told();
    await visitor.go(`/models/${child}/hosts`);
    for (const { share } of shares) await visitor.text('payout-row', new RegExp(share));
    await visitor.shoot('payouts');
    const rows = visitor.page.getByTestId('payout-row');
    for (const { share, tx } of shares)
      expect(await rows.filter({ hasText: share }).locator(`a[href="/tx/${tx}"]`).count(), share).toBeGreaterThan(0);
    await visitor.go(`/models/${parent}/hosts`);
    await visitor.text('payout-row', /ancestor/);
    const { tx, amount } = shares.find(({ share }) => share === 'ancestor')!;
    expect(await rows.filter({ hasText: 'ancestor' }).locator(`a[href="/tx/${tx}"]`).count()).toBeGreaterThan(0);
    await visitor.go(`/tx/${tx}`);
    await visitor.page
      .getByText(/AncestorPaid/)
      .first()
      .waitFor();
    expect(BigInt(amount)).toBeGreaterThan(0n);
    expect(visitor.errors).toEqual([]);
  });
});
