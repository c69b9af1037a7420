import { describe, expect, it } from 'vitest';
import { claimCourtAbi, revenueVaultAbi, licenseRegistryAbi } from '@oml/contracts/abis';
import { actors, connectRpc, deployment, until } from './stack.ts';
import { accountForEveryUnit, replayTransfers, unaccounted } from './money.ts';
import { paidOutTo } from './paid-out.ts';

describe('every money figure adds up', () => {
  it('every unit minted lies with a holder whose own books explain it', async () => {
    const ledger = await replayTransfers();
    const accounts = await accountForEveryUnit(ledger);
    expect(ledger.minted).toBeGreaterThan(0n);
    for (const account of accounts)
      expect(account, `${account.holder} holds what its books say`).toMatchObject({ balance: account.explained });
    expect(unaccounted(ledger, accounts)).toBe(0n);
  });

  it('every distribution splits its gross without a rest', async () => {
    const { contracts, deployedAtBlock } = deployment();
    const rpc = connectRpc();
    const fromBlock = BigInt(deployedAtBlock);
    const licenses = await rpc.getContractEvents({
      address: contracts.licenseRegistry,
      abi: licenseRegistryAbi,
      eventName: 'LicenseAccepted',
      fromBlock,
    });
    let count = 0;
    for (const { args } of licenses) {
      for (const { args: split } of await rpc.getContractEvents({
        address: args.vault!,
        abi: revenueVaultAbi,
        eventName: 'Distributed',
        fromBlock,
      })) {
        expect(split.protocolFee! + split.pool! + split.lineage! + split.owner! + split.host!).toBe(split.gross);
        count++;
      }
    }
    expect(count).toBeGreaterThan(0);
  });

  it('the owner has in its own balance what the vaults of its models say they paid it', async () => {
    const owner = actors.owner.address;
    const { ledger, paid } = await until('the owner to be paid', async () => {
      const ledger = await replayTransfers();
      const paid = await paidOutTo(owner, ledger);
      return paid.length > 0 ? { ledger, paid } : undefined;
    });
    for (const { vault, ...sums } of paid) {
      expect(sums.earned, vault).toBeGreaterThan(0n);
      expect(sums, vault).toEqual({ earned: sums.earned, said: sums.earned, moved: sums.earned });
    }
    const total = paid.reduce((sum, { moved }) => sum + moved, 0n);
    // It was minted nothing and spent nothing; claims may have paid it on top.
    expect(ledger.balances.get(owner)).toBeGreaterThanOrEqual(total);
  });

  it('every unit a claim took from bonds went to claimant, owner or fire', async () => {
    const { contracts, deployedAtBlock } = deployment();
    const ends = await connectRpc().getContractEvents({
      address: contracts.claimCourt,
      abi: claimCourtAbi,
      eventName: 'ClaimFinalised',
      fromBlock: BigInt(deployedAtBlock),
    });
    expect(ends.length).toBeGreaterThanOrEqual(2);
    for (const { args } of ends) {
      const { taken, fromTitles, toClaimant, toOwner, burned } = args.ending!;
      expect(toClaimant + toOwner + burned).toBe(taken + fromTitles);
    }
  });
});
