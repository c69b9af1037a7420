import { licenseRegistryAbi, modelRegistryAbi, revenueVaultAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { OmlError } from '@oml/protocol/error';
import type { Receipt } from '@oml/protocol/signed/receipt';
import { address, uint } from '@oml/protocol/wire/scalars';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual, type Address } from 'viem';
import { z } from 'zod';

const TIMEOUT_MS = 10_000;
/** Nobody's answer is worth more to a verifier than one dollar. */
const MAX_PRICE = 1_000_000n;

const servedSchema = z.object({
  account: address,
  models: z.array(
    z.object({
      model: z.string(),
      kind: z.enum(['language', 'classifier']),
      licenseId: uint,
      modelId: uint,
      vault: address,
      price: uint,
    }),
  ),
});
export type Served = z.output<typeof servedSchema>['models'][number] & { url: string };

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
export class Hosts {
  private readonly chain: Chain;

  constructor(chain: Chain) {
    this.chain = chain;
  }

  /** Throws NOT_FOUND. */
  async license(licenseId: bigint): Promise<LicenseView> {
    const [view] = await this.licenses({ licenseId });
    if (!view) throw new OmlError('NOT_FOUND', `There is no license ${licenseId}.`);
    return view;
  }

  /**
   * Licenses to serve, by id or account (all of them without either), from the registry's events, with the endpoint
   * named last.
   */
  async licenses(args: { licenseId?: bigint; account?: Address } = {}): Promise<LicenseView[]> {
    const { publicClient, deployment } = this.chain;
    const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
    const range = { fromBlock: BigInt(deployment.deployedAtBlock), strict: true } as const;
    const accepted = await publicClient.getContractEvents({
      ...registry,
      ...range,
      eventName: 'LicenseAccepted',
      args,
    });
    return Promise.all(
      accepted
        .filter(({ args: { kind } }) => kind === TERMS_KIND.SERVE)
        .map(async ({ args: { licenseId, modelId, termsId, account, vault, endpoint } }) => {
          const [{ state }, changes] = await Promise.all([
            publicClient.readContract({ ...registry, functionName: 'license', args: [licenseId] }),
            publicClient.getContractEvents({
              ...registry,
              ...range,
              eventName: 'EndpointChanged',
              args: { licenseId },
            }),
          ]);
          return {
            licenseId,
            modelId,
            termsId,
            account,
            vault,
            state,
            endpoint: (changes.at(-1)?.args.endpoint ?? endpoint).replace(/\/+$/, ''),
          };
        }),
    );
  }

  /**
   * What the endpoint of a license says it serves for the license's account. Throws UNAVAILABLE (retryable) or
   * REQUEST_INVALID.
   */
  async served({ endpoint, account }: Pick<LicenseView, 'endpoint' | 'account'>): Promise<Served[]> {
    if (!/^https?:\/\//.test(endpoint)) throw new OmlError('REQUEST_INVALID', 'The license names no http endpoint.');
    const answer = await fetch(`${endpoint}/.well-known/oml`, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
      (cause: unknown) => {
        throw new OmlError('UNAVAILABLE', `Nothing answers at ${endpoint}.`, { retryable: true, cause });
      },
    );
    const parsed = servedSchema.safeParse(await answer.json().catch(() => undefined));
    if (!answer.ok || !parsed.success)
      throw new OmlError('UNAVAILABLE', `${endpoint} does not describe itself as an OML host.`, { retryable: true });
    if (!isAddressEqual(parsed.data.account, account)) return [];
    const paths = { language: '/v1/completions', classifier: '/v1/classify' } as const;
    return parsed.data.models
      .filter(({ price }) => price <= MAX_PRICE)
      .map((model) => ({ ...model, url: `${endpoint}${paths[model.kind]}` }));
  }

  /** Is a receipt booked in the vault of this license, as the court sees it? */
  async isBooked({ termsId, vault }: Pick<LicenseView, 'termsId' | 'vault'>, receipt: Receipt): Promise<boolean> {
    const { publicClient, deployment } = this.chain;
    // A vault gets its code by its first use: before that nothing is booked there.
    if (!(await publicClient.getCode({ address: vault }))) return false;
    const [[client, total], [price]] = await Promise.all([
      publicClient.readContract({
        address: vault,
        abi: revenueVaultAbi,
        functionName: 'booked',
        args: [receipt.paymentRef],
      }),
      publicClient.readContract({
        address: deployment.contracts.termsRegistry,
        abi: termsRegistryAbi,
        functionName: 'ratesOf',
        args: [termsId],
      }),
    ]);
    return receipt.amount >= price && client === receipt.client && total >= receipt.cumulative;
  }

  /** Is a use under this license a use of the model itself, or of a registered descendant? */
  isDescendant(modelId: bigint, ancestorId: bigint): Promise<boolean> {
    const { publicClient, deployment } = this.chain;
    return publicClient.readContract({
      address: deployment.contracts.modelRegistry,
      abi: modelRegistryAbi,
      functionName: 'isDescendant',
      args: [modelId, ancestorId],
    });
  }

  /** A model with the code book of one release, the latest unless named. Throws NOT_FOUND. */
  async model(modelId: bigint, number?: number) {
    const { publicClient, deployment } = this.chain;
    const registry = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
    try {
      const { uri, release: latest } = await publicClient.readContract({
        ...registry,
        functionName: 'model',
        args: [modelId],
      });
      const release = number ?? latest;
      const [codeBookRoot, beacon, commonSize, bits] = await publicClient.readContract({
        ...registry,
        functionName: 'codeBookOf',
        args: [modelId, release],
      });
      return { uri, release, codeBookRoot, beacon, commonSize, bits };
    } catch (cause) {
      throw new OmlError(
        'NOT_FOUND',
        `There is no model ${modelId}${number === undefined ? '' : ` with a release ${number}`}.`,
        { cause },
      );
    }
  }

  /** The account's latest license to serve a model; undefined without one. */
  async licenseOn(account: Address, modelId: bigint): Promise<Pick<LicenseView, 'termsId' | 'vault'> | undefined> {
    const { publicClient, deployment } = this.chain;
    const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
    const licenseId = await publicClient.readContract({
      ...registry,
      functionName: 'licenseOf',
      args: [account, modelId, TERMS_KIND.SERVE],
    });
    return licenseId === 0n
      ? undefined
      : publicClient.readContract({ ...registry, functionName: 'license', args: [licenseId] });
  }
}
