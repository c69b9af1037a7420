import { licenseRegistryAbi, modelRegistryAbi, revenueVaultAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { isOmlError, OmlError } from '@oml/protocol/error';
import { isReceiptBooked } from '@oml/protocol/evidence/booked';
import { receiptSigner, type Receipt, type SignedReceipt } from '@oml/protocol/signed/receipt';
import { HOST_LISTING_PATH, readHostListing, type ListedModel } from '@oml/protocol/wire/host-listing';
import { CALL_PATH } from '@oml/protocol/wire/model-kind';
import type { Chain } from '@oml/service/chain';
import { fetchText } from '@oml/service/fetch-text';
import type { Guard } from '@oml/service/guarded-fetch';
import { isAddressEqual, type Address } from 'viem';
import type { RegistryLogs } from './registry-logs.ts';

/** Nobody's answer is worth more to a verifier than one dollar. */
const MAX_PRICE = 1_000_000n;

/** A model at a host, and where it is asked. */
export type Served = ListedModel & { url: string };

export interface LicenseView {
  licenseId: bigint;
  modelId: bigint;
  /** What it accepted. */
  termsId: number;
  account: Address;
  vault: Address;
  state: number;
  endpoint: string;
}

/** Hosts as the chain and their own endpoints show them. */
export type Hosts = ReturnType<typeof hostsOf>;

export function hostsOf({ publicClient, deployment }: Chain, logs: RegistryLogs, guard: Guard) {
  const licenseRegistry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const modelRegistry = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const termsRegistry = { address: deployment.contracts.termsRegistry, abi: termsRegistryAbi } as const;

  /**
   * Licenses to serve, by id or account (all of them without either), from the registry's events, with the endpoint
   * named last.
   */
  async function licenses(of: { licenseId?: bigint; account?: Address } = {}): Promise<LicenseView[]> {
    const [accepted, changes] = await Promise.all([logs.accepted(), logs.endpoints()]);
    const named = new Map(changes.map(({ args: { licenseId, endpoint } }) => [licenseId, endpoint]));
    const wanted = accepted
      .map(({ args }) => args)
      .filter(({ kind }) => kind === TERMS_KIND.SERVE)
      .filter(({ licenseId }) => of.licenseId === undefined || licenseId === of.licenseId)
      .filter(({ account }) => of.account === undefined || isAddressEqual(account, of.account));
    return Promise.all(
      wanted.map(async ({ licenseId, modelId, termsId, account, vault, endpoint }) => {
        const { state } = await publicClient.readContract({
          ...licenseRegistry,
          functionName: 'license',
          args: [licenseId],
        });
        const url = (named.get(licenseId) ?? endpoint).replace(/\/+$/, '');
        return { licenseId, modelId, termsId, account, vault, state, endpoint: url };
      }),
    );
  }

  /** The least that a use costs under these terms, in the token's smallest unit. */
  async function floorPrice(termsId: number): Promise<bigint> {
    const [price] = await publicClient.readContract({ ...termsRegistry, functionName: 'ratesOf', args: [termsId] });
    return price;
  }

  return {
    licenses,
    floorPrice,

    /** Throws NOT_FOUND. */
    async license(licenseId: bigint): Promise<LicenseView> {
      const [view] = await licenses({ licenseId });
      if (!view) throw new OmlError('NOT_FOUND', `There is no license ${licenseId}.`);
      return view;
    },

    /** Is a receipt booked in the vault of this license, as the court sees it? Now, or at the end of a block. */
    async isBooked(
      { termsId, vault }: Pick<LicenseView, 'termsId' | 'vault'>,
      receipt: Receipt,
      atBlock?: bigint,
    ): Promise<boolean> {
      // A vault gets its code by its first use: before that nothing is booked there.
      if (!(await publicClient.getCode({ address: vault }))) return false;
      const { paymentRef, client } = receipt;
      const at = { address: vault, abi: revenueVaultAbi } as const;
      const [total, price] = await Promise.all([
        atBlock === undefined
          ? publicClient.readContract({ ...at, functionName: 'booked', args: [paymentRef, client] })
          : publicClient.readContract({ ...at, functionName: 'bookedAt', args: [paymentRef, client, atBlock] }),
        floorPrice(termsId),
      ]);
      return isReceiptBooked(receipt, total, price);
    },

    /** Is a use under this license a use of the model itself, or of a registered descendant? */
    isDescendant: (modelId: bigint, ancestorId: bigint): Promise<boolean> =>
      publicClient.readContract({ ...modelRegistry, functionName: 'isDescendant', args: [modelId, ancestorId] }),

    /** A model with the code book of one release, the latest unless named. Throws NOT_FOUND. */
    async model(modelId: bigint, number?: number) {
      try {
        const model = await publicClient.readContract({ ...modelRegistry, functionName: 'model', args: [modelId] });
        const release = number ?? model.release;
        const [codeBookRoot, beacon, commonSize, bits, bookNumber] = await publicClient.readContract({
          ...modelRegistry,
          functionName: 'codeBookOf',
          args: [modelId, release],
        });
        return { uri: model.uri, release, codeBookRoot, beacon, commonSize, bits, bookNumber };
      } catch (cause) {
        const which = number === undefined ? '' : ` with a release ${number}`;
        throw new OmlError('NOT_FOUND', `There is no model ${modelId}${which}.`, { cause });
      }
    },

    served: (license: Pick<LicenseView, 'endpoint' | 'account'>) => servedAt(license, guard),

    /** The host account whose signer made this signature, and from when it is revoked, 0 where it is not. */
    async signedBy(signed: SignedReceipt): Promise<{ account: Address; revokedAt: bigint }> {
      const { chainId, contracts } = deployment;
      const signer = await receiptSigner(signed, { chainId, court: contracts.claimCourt });
      const [account, revokedAt] = await publicClient.readContract({
        ...licenseRegistry,
        functionName: 'signerOf',
        args: [signer],
      });
      return { account, revokedAt: BigInt(revokedAt) };
    },
  };
}

/**
 * What the endpoint of a license says it serves for the license's account. Throws UNAVAILABLE (retryable), or
 * ADDRESS_REFUSED where nobody should ask at that address.
 */
async function servedAt(
  { endpoint, account }: Pick<LicenseView, 'endpoint' | 'account'>,
  guard: Guard,
): Promise<Served[]> {
  const text = await fetchText(`${endpoint}${HOST_LISTING_PATH}`, guard).catch((cause: unknown) => {
    if (isOmlError(cause) && cause.code === 'ADDRESS_REFUSED') throw cause;
    throw new OmlError('UNAVAILABLE', `Nothing that lists models answers at ${endpoint}.`, { retryable: true, cause });
  });
  const listing = readHostListing(jsonOf(text));
  if (!listing)
    throw new OmlError('UNAVAILABLE', `${endpoint} does not describe itself as an OML host.`, { retryable: true });
  if (!isAddressEqual(listing.account, account)) return [];
  return listing.models
    .filter(({ price }) => price <= MAX_PRICE)
    .map((model) => ({ ...model, url: `${endpoint}${CALL_PATH[model.kind]}` }));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
