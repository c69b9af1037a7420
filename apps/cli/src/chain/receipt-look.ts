import { claimCourtAbi, licenseRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { readLogs, type BlockRange } from '@oml/program/read-logs';
import { OmlError } from '@oml/protocol/error';
import { receiptDigest } from '@oml/protocol/signed/receipt';
import type { Chain } from '@oml/service/chain';
import { getAddress, isAddressEqual, type Address, type Hex } from 'viem';
import { claimsBegun, viewClaim, type ClaimBegun } from './claims.ts';

/** What the chain knows of a receipt or a payment: hashes, amounts and states; what was asked is not on chain. */
export interface ReceiptLook {
  hash: Hex;
  /** Totals that vaults have booked for it, where it is the reference of a payment; smallest unit. */
  booked: { vault: Address; licenseId: bigint; client: Address; total: bigint }[];
  /** Claims that accuse it, or receipts of that payment. */
  claims: { claimId: Hex; state: string; offence: string; digests: Hex[] }[];
}

/** Looks a receipt up by its digest, or a payment by its reference. Throws NOT_FOUND where nobody put it on chain. */
export async function lookUpReceipt(chain: Chain, hash: Hex): Promise<ReceiptLook> {
  const [booked, claims] = await Promise.all([bookingsOf(chain, hash), claimsOn(chain, hash)]);
  if (booked.length + claims.length > 0) return { hash, booked, claims };
  throw new OmlError(
    'NOT_FOUND',
    `Nothing on chain names ${hash}: neither a booking of a payment nor a claim. A receipt alone is not on chain; ` +
      'its payment is, once it is booked: look that up (paymentRef).',
  );
}

const rangeOf = async <Log>({ publicClient, deployment }: Chain, read: (range: BlockRange) => Promise<Log[]>) =>
  readLogs({
    fromBlock: BigInt(deployment.deployedAtBlock),
    toBlock: await publicClient.getBlockNumber(),
    read,
  });

/** The newest total by vault and client. Anybody can write such an event: only vaults of this deployment count. */
async function bookingsOf(chain: Chain, paymentRef: Hex): Promise<ReceiptLook['booked']> {
  const { publicClient } = chain;
  const event = { abi: revenueVaultAbi, eventName: 'Booked', args: { paymentRef }, strict: true } as const;
  const logs = await rangeOf(chain, (range) => publicClient.getContractEvents({ ...event, ...range }));
  const newest = new Map(logs.map((log) => [`${log.address} ${log.args.client}`, log]));
  const found: ReceiptLook['booked'] = [];
  for (const { address, args } of newest.values()) {
    const vault = getAddress(address); // a node has it in lower case
    const licenseId = await licenseOf(chain, vault);
    if (licenseId !== undefined) found.push({ vault, licenseId, client: args.client, total: args.total });
  }
  return found;
}

/** Of a vault that the registry knows as one. */
async function licenseOf({ publicClient, deployment }: Chain, vault: Address): Promise<bigint | undefined> {
  const at = { address: vault, abi: revenueVaultAbi, functionName: 'licenseId' } as const;
  const licenseId = await publicClient.readContract(at).catch(() => undefined);
  if (licenseId === undefined) return undefined;
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const known = await publicClient.readContract({ ...registry, functionName: 'vaultOf', args: [licenseId] });
  return isAddressEqual(known, vault) ? licenseId : undefined;
}

async function claimsOn(chain: Chain, hash: Hex): Promise<ReceiptLook['claims']> {
  const proven = await provenWith(chain, hash);
  const found: ReceiptLook['claims'] = [];
  for (const begun of await claimsBegun(chain)) {
    const digests = [...accused(chain, begun, hash), ...(proven.has(begun.args.claimId) ? [hash] : [])];
    if (digests.length === 0 && begun.args.claimId !== hash) continue;
    const { claimId, state, offence } = await viewClaim(chain, begun);
    found.push({ claimId, state, offence, digests });
  }
  return found;
}

/** Digests of the receipts in a claim on unpaid uses that are meant: by their own hash or by their payment's. */
function accused({ deployment }: Chain, { eventName, args }: ClaimBegun, hash: Hex): Hex[] {
  if (eventName !== 'UnpaidUseClaimed') return [];
  const { chainId, contracts } = deployment;
  const digests = args.receipts.map((receipt) => ({
    paymentRef: receipt.paymentRef,
    digest: receiptDigest(receipt, { chainId, court: contracts.claimCourt }),
  }));
  return digests.flatMap(({ paymentRef, digest }) => (hash === digest || hash === paymentRef ? [digest] : []));
}

/** Claims on disguised uses in which it is a hit. */
async function provenWith(chain: Chain, digest: Hex): Promise<Set<Hex>> {
  const court = { address: chain.deployment.contracts.claimCourt, abi: claimCourtAbi, strict: true } as const;
  const logs = await rangeOf(chain, (range) =>
    chain.publicClient.getContractEvents({ ...court, ...range, eventName: 'ItemsProven' }),
  );
  return new Set(logs.flatMap(({ args }) => (args.digests.includes(digest) ? [args.claimId] : [])));
}
