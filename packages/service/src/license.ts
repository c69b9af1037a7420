import { devDollarAbi, licenseRegistryAbi, modelRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { TERMS_KIND, TERMS_KINDS } from '@oml/protocol/chain/terms';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { randomBytes } from 'node:crypto';
import { bytesToHex, type Address, type Hex } from 'viem';
import type { Chain } from './chain.ts';
import { until } from './wait.ts';

/** Hears what was done, line by line. */
export type Say = (line: string) => void;

export interface DeliveredLicense {
  licenseId: bigint;
  vault: Address;
  editionRoot: Hex;
}

export interface Offer {
  /** A kind of terms. */
  kind: number;
  /** What these terms are, for good: accepting this id accepts no dearer ones. */
  termsId: number;
  /** SERVE: least amount of one use. PRIVATE: of a period. DERIVE: once. */
  price: bigint;
  /** DERIVE: of every use of a child. */
  royaltyBps: number;
  /** Reserved of the account's bond. */
  bond: bigint;
  /** Posted for this license alone. */
  leakBond: bigint;
  /** Where the model's publisher answers. */
  uri: string;
}

const OVER: readonly number[] = [LICENSE_STATE.CLOSED, LICENSE_STATE.SLASHED];
const WAITING: readonly number[] = [LICENSE_STATE.REQUESTED, LICENSE_STATE.BONDED];
const USABLE: readonly number[] = [LICENSE_STATE.DELIVERED, LICENSE_STATE.ACTIVE, LICENSE_STATE.SUSPENDED];

/** What the model's owner asks of licensees of one kind. Throws NOT_FOUND where there is no such model or no offer. */
export async function readOffer({ publicClient, deployment }: Chain, modelId: bigint, kind: number): Promise<Offer> {
  const { modelRegistry, termsRegistry } = deployment.contracts;
  const model = await publicClient
    .readContract({ address: modelRegistry, abi: modelRegistryAbi, functionName: 'model', args: [modelId] })
    .catch((cause: unknown) => {
      throw new OmlError('NOT_FOUND', `There is no model ${modelId} in this deployment.`, { cause });
    });
  const termsId = model.offers[kind] ?? 0;
  if (termsId === 0)
    throw new OmlError('NOT_FOUND', `Model ${modelId} offers no ${TERMS_KINDS[kind]?.toUpperCase()} licenses.`);
  const terms = await publicClient.readContract({
    address: termsRegistry,
    abi: termsRegistryAbi,
    functionName: 'terms',
    args: [termsId],
  });
  return {
    kind,
    termsId,
    price: terms.price,
    royaltyBps: terms.royaltyBps,
    bond: terms.bond,
    leakBond: terms.leakBond,
    uri: model.uri.replace(/\/+$/, ''),
  };
}

/** The account's open license of one kind on a model, 0 if it has none. */
export async function openLicenseOf(
  { publicClient, deployment, account }: Chain,
  modelId: bigint,
  kind: number,
): Promise<bigint> {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const licenseId = await publicClient.readContract({
    ...registry,
    functionName: 'licenseOf',
    args: [account!.address, modelId, kind],
  });
  if (licenseId === 0n) return 0n;
  const [, , , , state] = await publicClient.readContract({
    ...registry,
    functionName: 'partiesOf',
    args: [licenseId],
  });
  return OVER.includes(state) ? 0n : licenseId;
}

/**
 * Accepts the terms as they were read, and no others, and pays what is due now. Returns the license. Throws
 * BOND_TOO_LOW where that money is missing.
 */
export async function acceptTerms(
  chain: Chain,
  modelId: bigint,
  offer: Offer,
  endpoint: string,
  encryptionKey: Hex,
  say: Say,
): Promise<bigint> {
  await allowDue(chain, offer);
  const registry = { address: chain.deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const params = {
    modelId,
    termsId: offer.termsId,
    deposit: 0n,
    endpoint,
    encryptionKey,
    hostSalt: bytesToHex(randomBytes(32)),
  };
  await chain.send({ ...registry, functionName: 'accept', args: [params] });
  const licenseId = await openLicenseOf(chain, modelId, offer.kind);
  say(`license: accepted the terms as license ${licenseId}`);
  return licenseId;
}

/**
 * Waits until the publisher recorded the edition. Throws UNAVAILABLE after `timeoutMs`, LICENSE_NOT_ACTIVE where the
 * license is on its way out.
 */
export function waitForDelivery(
  { publicClient, deployment }: Chain,
  licenseId: bigint,
  timeoutMs: number,
  say: Say,
): Promise<DeliveredLicense> {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  let told = false;
  const look = async () => {
    const license = { ...registry, functionName: 'license', args: [licenseId] } as const;
    const { state, vault, editionRoot } = await publicClient.readContract(license);
    if (USABLE.includes(state)) return { licenseId, vault, editionRoot };
    if (!WAITING.includes(state)) throw new OmlError('LICENSE_NOT_ACTIVE', `License ${licenseId} is being closed.`);
    const waitsFor = state === LICENSE_STATE.REQUESTED ? 'the owner to approve' : 'the publisher to deliver';
    if (!told) say(`edition: waiting for ${waitsFor} license ${licenseId}`);
    told = true;
    const what = `License ${licenseId} still waits for ${waitsFor} it; run this again to go on waiting.`;
    throw new OmlError('UNAVAILABLE', what);
  };
  return until('The edition', look, { timeoutMs, everyMs: 500 });
}

/**
 * Takes up what was delivered, once the edition is checked and in place. Throws CHAIN_REVERTED while the license is
 * suspended for another reason.
 */
export async function activateLicense(
  { publicClient, deployment, send }: Chain,
  licenseId: bigint,
  say: Say,
): Promise<void> {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const { state, delivered, activated } = await publicClient.readContract({
    ...registry,
    functionName: 'license',
    args: [licenseId],
  });
  if (state === LICENSE_STATE.ACTIVE && delivered === activated) return say(`license: ${licenseId} is active`);
  await send({ ...registry, functionName: 'activate', args: [licenseId] });
  say(`license: activated ${licenseId}, release ${delivered}`);
}

/** A use is paid for when it is made; everything else at once. */
async function allowDue({ publicClient, deployment, account, send }: Chain, offer: Offer): Promise<void> {
  const due = offer.leakBond + (offer.kind === TERMS_KIND.SERVE ? 0n : offer.price);
  if (due === 0n) return;
  const { token, licenseRegistry } = deployment.contracts;
  const dollars = { address: token, abi: devDollarAbi } as const;
  const balance = await publicClient.readContract({ ...dollars, functionName: 'balanceOf', args: [account!.address] });
  if (balance < due) {
    const details = { missing: String(due - balance), balance: String(balance) };
    throw new OmlError(
      'BOND_TOO_LOW',
      `The terms ask for ${formatDollars(due)} now, price and leak bond, and ${account!.address} holds ${formatDollars(balance)}.`,
      { details },
    );
  }
  await send({ ...dollars, functionName: 'approve', args: [licenseRegistry, due] });
}
