import type { ClaimStateName } from '@oml/protocol/chain/claim-state';
import type { Address } from 'viem';
import type { Database, Transaction } from './client.ts';
import { fromAmount, storedAddress, toAddress, toAmount } from './columns.ts';
import type { LicenseEvent } from './events.ts';
import { exitOf, leftOf, type Exit } from './exits.ts';
import { settleStanding } from './standing.ts';
import { toDate } from './storable.ts';

export interface AccountRow {
  account: Address;
  bond: bigint;
  contested: bigint;
  slashed: bigint;
  lateFees: bigint;
  /** What its licenses reserve, as far as they are not over. */
  reserved: bigint;
  /** Does the bond, without what is announced to leave, reach that? */
  isCovered: boolean;
  /** An exit that has neither left nor lapsed. */
  exit?: Exit;
  suspendedAt?: Date;
  isClosed: boolean;
  signers: { signer: Address; boundAt: Date; revokedAt?: Date }[];
}

/** What an event of the license registry changes in host accounts: bonds and signers. */
export async function projectAccount(tx: Transaction, { eventName, args, at }: LicenseEvent): Promise<void> {
  switch (eventName) {
    case 'BondDeposited':
      return setBond(tx, args.account, args.bond);
    case 'BondWithdrawn': {
      const announced = { decrement: fromAmount(args.amount) };
      return change(tx, args.account, { bond: fromAmount(args.bond), announced });
    }
    case 'ExitAnnounced': {
      const { account, amount, ripeAt, lapsesAt } = args;
      const exit = { announced: fromAmount(amount), ripeAt: toDate(ripeAt), lapsesAt: toDate(lapsesAt) };
      await tx.account.upsert({ where: { account }, create: { account, ...exit }, update: exit });
      return;
    }
    case 'AccountSuspended':
      return stand(tx, args.account, { suspendedAt: at });
    case 'AccountReinstated':
      return stand(tx, args.account, { suspendedAt: null });
    case 'AccountClosed':
      return close(tx, args.account, at);
    case 'BondContested':
    case 'BondReturned':
      return change(tx, args.account, { contested: fromAmount(args.contested) });
    case 'BondTaken': {
      const row = await tx.account.findUniqueOrThrow({ where: { account: args.account } });
      const taken = { increment: fromAmount(args.amount) };
      return change(tx, args.account, {
        bond: fromAmount(args.bond),
        contested: { decrement: fromAmount(args.contested) },
        announced: fromAmount(leftOf(row, args.bond)),
        ...(args.slash ? { slashed: taken } : { lateFees: taken }),
      });
    }
    case 'SignerBound':
      await tx.account.createMany({ data: [{ account: args.account }], skipDuplicates: true });
      return void (await tx.signer.create({ data: { signer: args.signer, account: args.account, boundAt: at } }));
    case 'SignerRevoked':
      return void (await tx.signer.update({
        where: { signer: args.signer },
        data: { revokedAt: toDate(args.effectiveAt) },
      }));
  }
}

type Changes = Parameters<Transaction['account']['update']>[0]['data'];

async function change(tx: Transaction, account: string, data: Changes): Promise<void> {
  await tx.account.update({ where: { account }, data });
}

/** A suspension of the account is one of all its licenses. */
async function stand(tx: Transaction, account: string, data: Changes): Promise<void> {
  await change(tx, account, data);
  await settleStanding(tx, { account });
}

async function close(tx: Transaction, account: string, at: Date): Promise<void> {
  const row = await tx.account.upsert({ where: { account }, create: { account }, update: {} });
  await stand(tx, account, { closed: true, suspendedAt: row.suspendedAt ?? at });
}

async function setBond(tx: Transaction, account: string, amount: bigint): Promise<void> {
  const bond = fromAmount(amount);
  await tx.account.upsert({ where: { account }, create: { account, bond }, update: { bond } });
}

/** A host account with its signers, or undefined if the address never deposited a bond nor bound a signer. */
export async function accountOf(db: Database, account: Address): Promise<AccountRow | undefined> {
  const row = await db.account.findUnique({
    where: { account: storedAddress(account) ?? '' },
    include: { signers: { orderBy: [{ boundAt: 'asc' }, { signer: 'asc' }] } },
  });
  if (!row) return undefined;
  const { _sum } = await db.license.aggregate({ where: { account: row.account }, _sum: { reserved: true } });
  const reserved = _sum.reserved === null ? 0n : toAmount(_sum.reserved);
  const exit = exitOf(row);
  return {
    account: toAddress(row.account),
    bond: toAmount(row.bond),
    reserved,
    isCovered: toAmount(row.bond) - (exit?.amount ?? 0n) >= reserved,
    ...(exit ? { exit } : {}),
    ...(row.suspendedAt ? { suspendedAt: row.suspendedAt } : {}),
    isClosed: row.closed,
    contested: toAmount(row.contested),
    slashed: toAmount(row.slashed),
    lateFees: toAmount(row.lateFees),
    signers: row.signers.map(({ signer, boundAt, revokedAt }) => ({
      signer: toAddress(signer),
      boundAt,
      ...(revokedAt ? { revokedAt } : {}),
    })),
  };
}

/** How claims against a host ended, and what the court refused: as much as says how it stands. */
export interface HostEnds {
  account?: Pick<AccountRow, 'bond' | 'slashed' | 'lateFees'>;
  /** One row for all claims in the same state, with the sums over them. */
  claims: { state: ClaimStateName; fromTitles: bigint; taken: bigint }[];
  /** One row for all refusals for the same reason. */
  refused: { errorName: string; count: number }[];
}

/** How hosts stand, however many are asked about, in three queries; by account, also those that never did anything. */
export async function endsOf(db: Database, accounts: readonly Address[]): Promise<Map<Address, HostEnds>> {
  const where = { account: { in: accounts.map((account) => storedAddress(account) ?? '') } };
  const [rows, claims, refused] = await Promise.all([
    db.account.findMany({ where }),
    db.claim.groupBy({ by: ['account', 'state'], where, _sum: { fromTitles: true, taken: true } }),
    db.refusedClaim.groupBy({ by: ['account', 'errorName'], where, _count: true }),
  ]);
  const sum = (value: Parameters<typeof toAmount>[0] | null): bigint => (value === null ? 0n : toAmount(value));
  return new Map(
    accounts.map((account) => {
      const own = rows.find((row) => row.account === account);
      const ends: HostEnds = {
        ...(own
          ? { account: { bond: toAmount(own.bond), slashed: toAmount(own.slashed), lateFees: toAmount(own.lateFees) } }
          : {}),
        claims: claims
          .filter((group) => group.account === account)
          .map(({ state, _sum }) => ({
            state: state as ClaimStateName,
            fromTitles: sum(_sum.fromTitles),
            taken: sum(_sum.taken),
          })),
        refused: refused
          .filter((group) => group.account === account)
          .map(({ errorName, _count }) => ({ errorName, count: _count })),
      };
      return [account, ends];
    }),
  );
}
