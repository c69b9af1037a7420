import { claimCourtAbi, licenseRegistryAbi } from '@oml/contracts/abis';
import { formatDollars } from '@oml/protocol/money';
import type { Audit } from '@oml/protocol/wire/audit';
import type { Hex } from 'viem';
import { actors } from './actors.ts';
import { toldChapter } from './chapters.ts';
import type { Earner, PaidShare } from './payouts.ts';
import { connectRpc, deployment } from './rpc.ts';
import { hosts } from './services.ts';
import { urlOf } from './layout.ts';

/** Prints what became of each host, read from the chain, and who was paid, with the transactions that decided it. */
export async function printEnds(): Promise<void> {
  const audits = toldChapter<Record<'honest' | 'tardy' | 'cheat', Audit>>('audits');
  if (!audits) return;
  console.log('\n  Three hosts, three ends:');
  const names = ['honest', 'tardy', 'cheat'] as const;
  for (const [i, name] of names.entries())
    console.log(`\n${await endOf(actors[hosts[i]!.account].address, name, audits[name])}`);
  console.log('\n  One model built on another, three who earn by its first uses:');
  for (const end of endsOfMoney()) console.log(`\n${end}`);
  console.log('');
}

async function endOf(account: Hex, name: string, audit: Audit): Promise<string> {
  const rpc = connectRpc();
  const { licenseRegistry, claimCourt } = deployment().contracts;
  const { bond } = await rpc.readContract({
    address: licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'accountOf',
    args: [account],
  });
  const decisive = audit.steps.findLast(({ tx }) => tx)?.tx ?? '';
  const taken = audit.claimId ? await takenBy(audit.claimId as Hex, claimCourt) : undefined;
  const end =
    taken === undefined
      ? `outcome: ${audit.outcome ?? audit.state}`
      : `outcome: ${audit.outcome ?? audit.state}, claim ${audit.claimId?.slice(0, 10)} took ${formatDollars(taken)}`;
  return [
    `  ${name.padEnd(7)} ${account}`,
    `          bond ${formatDollars(bond)} · ${end}`,
    `          ${urlOf('web')}/tx/${decisive}`,
  ].join('\n');
}

const WHO: Record<Earner, string> = {
  owner: 'owner of digits-child',
  host: 'honest host',
  ancestor: 'owner of digits, its parent',
};

/** What came of the child's first uses; one line for each share. */
function endsOfMoney(): string[] {
  const shares = toldChapter<PaidShare[]>('payouts') ?? [];
  return shares.map(({ share, account, amount, balance, tx }) =>
    [
      `  ${share.padEnd(8)} ${account} · ${WHO[share]}`,
      `           ${formatDollars(BigInt(amount))} paid out, balance ${formatDollars(BigInt(balance))}`,
      `           ${urlOf('web')}/tx/${tx}`,
    ].join('\n'),
  );
}

/** A claim is known by the digest of its receipt or the id of its batch. */
async function takenBy(claimId: Hex, claimCourt: Hex): Promise<bigint> {
  const { deployedAtBlock } = deployment();
  const [end] = await connectRpc().getContractEvents({
    address: claimCourt,
    abi: claimCourtAbi,
    eventName: 'ClaimFinalised',
    args: { claimId },
    fromBlock: BigInt(deployedAtBlock),
  });
  return end?.args.ending?.taken ?? 0n;
}
