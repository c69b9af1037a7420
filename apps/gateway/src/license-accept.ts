import { licenseRegistryAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import { randomBytes } from 'node:crypto';
import { bytesToHex, type Address, type Hex } from 'viem';
import type { Say } from './host-account.ts';

export interface AcceptedLicense {
  licenseId: bigint;
  vault: Address;
  editionRoot: Hex;
}

export interface Offer {
  floorPrice: bigint;
  minBond: bigint;
  /** Where the model's publisher answers. */
  uri: string;
}

const CLOSED = 4;
const ACTIVE = 2;

/** What the model's owner asks of hosts. Throws NOT_FOUND, or CHAIN_REVERTED for a model that is not there. */
export async function readOffer({ publicClient, deployment }: Chain, modelId: bigint): Promise<Offer> {
  const registry = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const [model, terms] = await Promise.all([
    publicClient.readContract({ ...registry, functionName: 'model', args: [modelId] }),
    publicClient.readContract({ ...registry, functionName: 'termsOf', args: [modelId] }),
  ]).catch((cause: unknown) => {
    throw new OmlError('NOT_FOUND', `There is no model ${modelId} in this deployment.`, { cause });
  });
  if (model.mintedAt === 0n) throw new OmlError('NOT_FOUND', `There is no model ${modelId} in this deployment.`);
  return { floorPrice: terms.floorPrice, minBond: terms.minBond, uri: model.uri.replace(/\/+$/, '') };
}

/** The account's open license on a model, 0 if it has none. */
export async function openLicenseOf({ publicClient, deployment, account }: Chain, modelId: bigint): Promise<bigint> {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const licenseId = await publicClient.readContract({ ...registry, functionName: 'licenseOf', args: [account!.address, modelId] });
  if (licenseId === 0n) return 0n;
  const { state } = await publicClient.readContract({ ...registry, functionName: 'license', args: [licenseId] });
  return state === CLOSED ? 0n : licenseId;
}

/** Accepts the terms as they were read, and no dearer ones. Returns the license. */
export async function acceptTerms(chain: Chain, modelId: bigint, offer: Offer, endpoint: string, encryptionKey: Hex, say: Say): Promise<bigint> {
  const registry = { address: chain.deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const guards = { maxBond: offer.minBond, maxFloorPrice: offer.floorPrice };
  const params = { modelId, ...guards, endpoint, encryptionKey, hostSalt: bytesToHex(randomBytes(32)) };
  await chain.send({ ...registry, functionName: 'accept', args: [params] });
  const licenseId = await openLicenseOf(chain, modelId);
  say(`license: accepted the terms as license ${licenseId}`);
  return licenseId;
}

/** Waits until the publisher recorded the edition. Throws UNAVAILABLE after `timeoutMs`, LICENSE_NOT_ACTIVE where the license is on its way out. */
export async function waitForDelivery({ publicClient, deployment }: Chain, licenseId: bigint, timeoutMs: number, say: Say): Promise<AcceptedLicense> {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const until = Date.now() + timeoutMs;
  for (let told = false; ; told = true) {
    const { state, vault, editionRoot } = await publicClient.readContract({ ...registry, functionName: 'license', args: [licenseId] });
    if (state === ACTIVE) return { licenseId, vault, editionRoot };
    if (state > ACTIVE) throw new OmlError('LICENSE_NOT_ACTIVE', `License ${licenseId} is being closed.`);
    if (Date.now() > until) throw new OmlError('UNAVAILABLE', `The edition of license ${licenseId} was not delivered yet; run this again to go on waiting.`, { retryable: true });
    if (!told) say(`edition: waiting for the publisher to deliver license ${licenseId}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
