import { licenseRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { repeats } from '@oml/onnx/repeats';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { isOmlError } from '@oml/protocol/error';
import { isReceiptBooked } from '@oml/protocol/evidence/booked';
import type { Receipt } from '@oml/protocol/signed/receipt';
import type { Address } from 'viem';
import type { AnswerShelf } from '../answer/kept-answers.ts';
import { findBody } from '../answer/kept-bodies.ts';
import { bookedOf } from '../vault/shortfall.ts';
import { withDelivered, type Shelf } from './delivered.ts';
import { findLook, noteLook, type Disguise, type Look } from './disguises.ts';

export interface Looking extends Shelf, AnswerShelf {}

/** A hit of a claim: the receipt that the court counted, and the text behind its `queryHash`. */
export interface ShownHit {
  receipt: Receipt;
  body: string;
}

/** Why a blame would be refused, or lost, and what that means. `unbooked`: what would cure it. */
export interface NoCase {
  why: string;
  look?: Look;
  unbooked?: readonly UnbookedHit[];
}

export interface UnbookedHit {
  vault: Address;
  receipt: Receipt;
}

/** A case to be made: what the court is shown, and what came of running it. */
export interface Case {
  receipts: readonly Receipt[];
  look: Look;
}

/**
 * Looks whether a claim can be blamed on the editions, as the court and the committee will: every hit is an answer of
 * ours under a SERVE license of ours that was in force, at least half of them repeat on the editions that were
 * delivered, and all are booked. Runs them once; the rest may change and is looked at again.
 */
export async function makeCase(looking: Looking, disguise: Disguise): Promise<Case | NoCase> {
  const shown = await shownHits(looking, disguise);
  if ('why' in shown) return shown;
  const licenses = await readLicenses(looking, shown);
  const refused = await unlicensed(looking, disguise, shown, licenses);
  if (refused) return { why: refused };
  const look = (await findLook(looking.store, disguise.claimId)) ?? (await runHits(looking, shown));
  if ('why' in look) return look;
  await noteLook(looking.store, disguise.claimId, look);
  if (2 * look.repeated < look.hits)
    return {
      look,
      why:
        `the editions that were delivered repeat ${look.repeated} of ${look.hits} hits, less than half: ` +
        'no committee would uphold it, and the deposit would be gone beside the slash',
    };
  const receipts = shown.map(({ receipt }) => receipt);
  const unbooked = await unbookedHits(looking, receipts, licenses);
  if (unbooked.length > 0) return { look, unbooked, why: sayUnbooked(unbooked) };
  return { receipts, look };
}

/** The hits of a claim in the court's order, from what this gateway keeps. */
export async function shownHits(looking: Looking, { digests }: Disguise): Promise<ShownHit[] | NoCase> {
  const kept = await Promise.all(digests.map((digest) => findBody(looking, digest)));
  const hits = kept.flatMap((hit) => (hit?.body === undefined ? [] : [{ receipt: hit.receipt, body: hit.body }]));
  if (hits.length === digests.length) return hits;
  const foreign = kept.filter((hit) => !hit).length;
  return {
    why:
      foreign > 0
        ? `${foreign} of ${digests.length} hits are receipts that no gateway of this store gave: ` +
          'whoever holds the signer key answers elsewhere'
        : `what was asked is forgotten for ${digests.length - hits.length} of ${digests.length} hits`,
  };
}

interface NamedLicense {
  account: Address;
  kind: number;
  vault: Address;
  floorPrice: bigint;
}
type Licenses = ReadonlyMap<bigint, NamedLicense>;

async function readLicenses({ chain }: Looking, hits: readonly ShownHit[]): Promise<Licenses> {
  const { publicClient, deployment } = chain;
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const terms = { address: deployment.contracts.termsRegistry, abi: termsRegistryAbi } as const;
  const licenses = new Map<bigint, NamedLicense>();
  for (const licenseId of new Set(hits.map(({ receipt }) => receipt.licenseId))) {
    const args = [licenseId] as const;
    const [[account, , termsId, kind], vault] = await Promise.all([
      publicClient.readContract({ ...registry, functionName: 'partiesOf', args }),
      publicClient.readContract({ ...registry, functionName: 'vaultOf', args }),
    ]);
    // License 0, which a receipt may name, has no terms.
    const [floorPrice] =
      termsId === 0 ? [0n] : await publicClient.readContract({ ...terms, functionName: 'ratesOf', args: [termsId] });
    licenses.set(licenseId, { account, kind, vault, floorPrice });
  }
  return licenses;
}

async function unlicensed({ chain }: Looking, { batch }: Disguise, hits: readonly ShownHit[], licenses: Licenses) {
  const registry = { address: chain.deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  for (const [licenseId, { account, kind }] of licenses) {
    if (licenseId === 0n) return 'a hit names no license: no edition was delivered for it';
    if (account !== batch.account || kind !== TERMS_KIND.SERVE)
      return `a hit names license ${licenseId}, which is no SERVE license of ${batch.account}`;
  }
  for (const { receipt } of hits) {
    const args = [receipt.licenseId, receipt.answeredAt] as const;
    if (!(await chain.publicClient.readContract({ ...registry, functionName: 'inForceAt', args })))
      return `a hit names license ${receipt.licenseId}, which was not in force when it was answered`;
  }
  return undefined;
}

/** Asks every hit of the very edition that its receipt names. */
async function runHits(looking: Looking, hits: readonly ShownHit[]): Promise<Look | NoCase> {
  const licenseIds = [...new Set(hits.map(({ receipt }) => receipt.licenseId))];
  let repeated = 0;
  try {
    for (const licenseId of licenseIds)
      await withDelivered(looking, licenseId, async (engine) => {
        for (const { receipt, body } of hits)
          if (receipt.licenseId === licenseId && (await doesRepeat(engine, body, receipt.head))) repeated++;
      });
  } catch (error) {
    if (isOmlError(error) && !error.retryable) return { why: `the editions cannot be shown: ${error.message}` };
    throw error;
  }
  return { hits: hits.length, repeated };
}

/** What an edition refuses to answer, such as a prompt beyond its context, it does not repeat. */
async function doesRepeat(...asked: Parameters<typeof repeats>): Promise<boolean> {
  try {
    return await repeats(...asked);
  } catch (error) {
    if (isOmlError(error)) return false;
    throw error;
  }
}

async function unbookedHits({ chain }: Looking, receipts: readonly Receipt[], licenses: Licenses) {
  const unbooked: UnbookedHit[] = [];
  for (const receipt of receipts) {
    const { vault, floorPrice } = licenses.get(receipt.licenseId)!;
    const { paymentRef, client } = receipt;
    if (!isReceiptBooked(receipt, await bookedOf(chain, { vault, paymentRef, client }), floorPrice))
      unbooked.push({ vault, receipt });
  }
  return unbooked;
}

function sayUnbooked(unbooked: readonly UnbookedHit[]): string {
  const { licenseId, paymentRef, client, cumulative } = unbooked[0]!.receipt;
  return (
    `${unbooked.length} hits are not booked, the first by npm run shortfall -w @oml/gateway -- --license ${licenseId} ` +
    `--payment ${paymentRef} --client ${client} --total ${cumulative} --most ${cumulative}`
  );
}
