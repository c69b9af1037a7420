import {
  LICENSE_STATES,
  SUSPENSIONS,
  type LicenseStateName,
  type SuspensionName,
} from '@oml/protocol/chain/license-state';
import { TERMS_KINDS, type TermsKindName } from '@oml/protocol/chain/terms';
import type { Address, Hex } from 'viem';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database, Transaction } from './client.ts';
import { fromAmount, pageSize, storedAddress, storedId, toAddress, toAmount, toHex } from './columns.ts';
import type { LicenseEvent, Named } from './events.ts';
import { settleStanding } from './standing.ts';
import { toDate, toText } from './storable.ts';

export interface LicenseRow {
  licenseId: bigint;
  modelId: bigint;
  account: Address;
  vault: Address;
  termsId: number;
  kind: TermsKindName;
  state: LicenseStateName;
  /** What keeps it from being active. */
  suspension?: SuspensionName;
  endpoint: string;
  reserved: bigint;
  leakBond: bigint;
  /** What it reserves of its model's title bond: what an upheld blame is paid from before the host. */
  titleCover: bigint;
  editionRoot?: Hex;
  /** Latest release delivered, and latest in use; 0 for none. */
  delivered: number;
  activated: number;
  /** Until then the licensee may stay on the release before. */
  activateBy?: Date;
  /** Of a private license, since its first use. */
  paidUntil?: Date;
  frozenUntil?: Date;
  acceptTx: Hex;
  deliverTx?: Hex;
  acceptedAt: Date;
  bookedCount: number;
  bookedTotal: bigint;
  distributed: bigint;
}

/** What an event of the license registry changes in licenses; bonds and signers are `accounts.ts`. */
export async function projectLicense(tx: Transaction, event: LicenseEvent): Promise<void> {
  const { eventName, args } = event;
  switch (eventName) {
    case 'LicenseAccepted':
      return accept(tx, event);
    case 'LicenseApproved':
      return change(tx, args.licenseId, { stage: 'bonded' });
    case 'EditionDelivered':
      return deliver(tx, event);
    case 'LicenseActivated':
      return change(tx, args.licenseId, {
        stage: 'active',
        activated: BigInt(args.release),
        idle: null,
        paidUntil: toTime(args.paidUntil),
      });
    case 'LicenseRenewed':
      return change(tx, args.licenseId, { paidUntil: toTime(args.paidUntil) });
    case 'LicenseSuspended':
      return change(tx, args.licenseId, causeOf(SUSPENSIONS[args.reason]!, true));
    case 'LicenseReinstated':
      return change(tx, args.licenseId, causeOf(SUSPENSIONS[args.cause]!, false));
    case 'LicenseFrozen':
      return change(tx, args.licenseId, { frozenUntil: toTime(args.until) });
    case 'LeakBondTaken':
      return change(tx, args.licenseId, {
        stage: 'slashed',
        leakBond: fromAmount(args.left),
        closedAt: toDate(args.closedAt),
      });
    case 'EndpointChanged':
      return change(tx, args.licenseId, { endpoint: toText(args.endpoint) });
    case 'LicenseClosing':
      return change(tx, args.licenseId, { stage: 'closing', closedAt: toDate(args.closedAt) });
    case 'LicenseClosed':
      return end(tx, args.licenseId);
  }
}

async function accept(
  tx: Transaction,
  { args, tx: acceptTx, at }: Named<LicenseEvent, 'LicenseAccepted'>,
): Promise<void> {
  const { licenseId, modelId, account, vault, termsId, kind, state, bond, leakBond, endpoint, encryptionKey } = args;
  const amounts = { reserved: fromAmount(bond), leakBond: fromAmount(leakBond) };
  const data = {
    licenseId,
    modelId,
    account,
    vault,
    termsId: BigInt(termsId),
    kind,
    state: stateName(state),
    stage: stateName(state),
    endpoint: toText(endpoint),
    encryptionKey,
    ...amounts,
    acceptTx,
    acceptedAt: at,
  };
  await tx.license.create({ data });
}

async function deliver(
  tx: Transaction,
  { args, tx: deliverTx }: Named<LicenseEvent, 'EditionDelivered'>,
): Promise<void> {
  const { licenseId, release, editionRoot, activateBy } = args;
  const { stage } = await tx.license.findUniqueOrThrow({ where: { licenseId } });
  const edition = { delivered: BigInt(release), editionRoot, deliverTx, activateBy: toDate(activateBy) };
  await change(tx, licenseId, { ...edition, ...(stage === 'bonded' ? { stage: 'delivered' } : {}) });
}

/** The two courts keep causes of their own; what anyone suspends for ends with the next activation. */
function causeOf(cause: (typeof SUSPENSIONS)[number], stands: boolean): Changes {
  if (cause === 'barred') return { barred: stands };
  return cause === 'claimed' ? { claimed: stands } : { idle: cause };
}

async function end(tx: Transaction, licenseId: bigint): Promise<void> {
  const { stage } = await tx.license.findUniqueOrThrow({ where: { licenseId } });
  await change(tx, licenseId, { stage: stage === 'slashed' ? 'slashed' : 'closed', reserved: 0, leakBond: 0 });
}

type Changes = Parameters<Transaction['license']['update']>[0]['data'] & { stage?: LicenseStateName };

async function change(tx: Transaction, licenseId: bigint, data: Changes): Promise<void> {
  await tx.license.update({ where: { licenseId }, data });
  await settleStanding(tx, { licenseId });
}

const stateName = (state: number): LicenseStateName => LICENSE_STATES[state] as LicenseStateName;
/** 0 says never. */
const toTime = (seconds: number): Date | null => (seconds === 0 ? null : toDate(seconds));

/** Licenses of a model, of an account, or all, in any state or one; newest first. */
export async function listLicenses(
  db: Database,
  query: { modelId?: bigint; account?: Address; state?: LicenseStateName; limit?: number; after?: bigint } = {},
): Promise<LicenseRow[]> {
  const rows = await db.license.findMany({
    where: {
      ...(query.modelId === undefined ? {} : { modelId: storedId(query.modelId) ?? -1n }),
      ...(query.account === undefined ? {} : { account: storedAddress(query.account) ?? '' }),
      ...(query.state === undefined ? {} : { state: query.state }),
      ...(query.after === undefined ? {} : { licenseId: { lt: storedId(query.after) ?? 0n } }),
    },
    orderBy: { licenseId: 'desc' },
    take: pageSize(query.limit, 100),
  });
  return rows.map(toLicenseRow);
}

/** One license, or undefined if none has that id. */
export async function getLicense(db: Database, licenseId: bigint): Promise<LicenseRow | undefined> {
  const id = storedId(licenseId);
  if (id === undefined) return undefined;
  const row = await db.license.findUnique({ where: { licenseId: id } });
  return row ? toLicenseRow(row) : undefined;
}

/** Licenses by their ids; what is not there is left out. */
export async function licensesOf(db: Database, licenseIds: bigint[]): Promise<Map<bigint, LicenseRow>> {
  const rows = await db.license.findMany({ where: { licenseId: { in: licenseIds } } });
  return new Map(rows.map((row) => [row.licenseId, toLicenseRow(row)]));
}

/** Which of these addresses are vaults of licenses. */
export async function vaultsAmong(tx: Transaction, addresses: Address[]): Promise<Set<Address>> {
  const known = await tx.license.findMany({ where: { vault: { in: addresses } }, select: { vault: true } });
  return new Set(known.map(({ vault }) => toAddress(vault)));
}

function toLicenseRow(row: Prisma.LicenseGetPayload<object>): LicenseRow {
  return {
    licenseId: row.licenseId,
    modelId: row.modelId,
    account: toAddress(row.account),
    vault: toAddress(row.vault),
    termsId: Number(row.termsId),
    kind: TERMS_KINDS[row.kind]!,
    state: row.state as LicenseStateName,
    ...(row.suspension === null ? {} : { suspension: row.suspension as SuspensionName }),
    endpoint: row.endpoint,
    reserved: toAmount(row.reserved),
    leakBond: toAmount(row.leakBond),
    titleCover: toAmount(row.titleCover),
    ...(row.editionRoot === null ? {} : { editionRoot: toHex(row.editionRoot) }),
    delivered: Number(row.delivered),
    activated: Number(row.activated),
    ...(row.activateBy === null ? {} : { activateBy: row.activateBy }),
    ...(row.paidUntil === null ? {} : { paidUntil: row.paidUntil }),
    ...(row.frozenUntil === null ? {} : { frozenUntil: row.frozenUntil }),
    acceptTx: toHex(row.acceptTx),
    ...(row.deliverTx === null ? {} : { deliverTx: toHex(row.deliverTx) }),
    acceptedAt: row.acceptedAt,
    bookedCount: row.bookedCount,
    bookedTotal: toAmount(row.bookedTotal),
    distributed: toAmount(row.distributed),
  };
}
