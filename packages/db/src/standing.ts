import type { LicenseStateName, SuspensionName } from '@oml/protocol/chain/license-state';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import type { Transaction } from './client.ts';

type Stored = Awaited<ReturnType<Transaction['license']['findUniqueOrThrow']>>;

/** Stages in which a cause suspends a license: neither asked for nor on its way out. */
const OPEN: readonly string[] = ['bonded', 'delivered', 'active'] satisfies LicenseStateName[];

/**
 * Says anew where licenses stand, after a cause that keeps them from being active came or fell: the registry's own
 * rule, over the facts that its events tell. Keeps each model's count of hosts that serve.
 */
export async function settleStanding(
  tx: Transaction,
  where: Partial<Pick<Stored, 'licenseId' | 'account' | 'modelId'>>,
) {
  const licenses = await tx.license.findMany({ where, include: { model: { select: { markedAt: true } } } });
  for (const license of licenses) {
    const host = await tx.account.findUnique({ where: { account: license.account } });
    const suspension = foremost(license, license.model.markedAt !== null, (host?.suspendedAt ?? null) !== null);
    const state = suspension && OPEN.includes(license.stage) ? 'suspended' : license.stage;
    if (state === license.state && suspension === license.suspension) continue;
    const { licenseId, modelId } = license;
    await tx.license.update({ where: { licenseId }, data: { state, suspension } });
    const difference = Number(state === 'active') - Number(license.state === 'active');
    if (license.kind === TERMS_KIND.SERVE && difference !== 0)
      await tx.model.update({ where: { modelId }, data: { hostCount: { increment: difference } } });
  }
}

/** The first reason that stands, in the contract's order. */
function foremost({ barred, claimed, idle }: Stored, marked: boolean, isAccount: boolean): SuspensionName | null {
  if (marked) return 'marked';
  if (isAccount) return 'account';
  if (barred) return 'barred';
  return claimed ? 'claimed' : (idle as SuspensionName | null);
}
