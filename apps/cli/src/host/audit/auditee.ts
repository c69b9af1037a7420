import { licenseRegistryAbi, modelRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { readLogs, type BlockRange } from '@oml/program/read-logs';
import { LICENSE_STATE, LICENSE_STATES } from '@oml/protocol/chain/license-state';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import { zeroAddress, type Address, type Hex } from 'viem';

/** Who is audited, as the chain has it. */
export interface Auditee {
  licenseId: bigint;
  modelId: bigint;
  account: Address;
  vault: Address;
  endpoint: string;
  state: string;
  isActive: boolean;
  /** Does the account's bond cover its licenses? */
  isCovered: boolean;
  /** Least that a use costs, in the token's smallest unit. */
  floorPrice: bigint;
  /** Roots of the code books of the releases that were delivered under the license. */
  codeBooks: Hex[];
}

/** A license to serve. Throws NOT_FOUND, and REQUEST_INVALID for one of another kind. */
export async function readAuditee(chain: Chain, licenseId: bigint): Promise<Auditee> {
  const { publicClient, deployment } = chain;
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const license = await publicClient
    .readContract({ ...registry, functionName: 'license', args: [licenseId] })
    .catch(() => undefined);
  if (!license || license.account === zeroAddress)
    throw new OmlError('NOT_FOUND', `There is no license ${licenseId}: oml license list shows those that there are.`);
  const { modelId, account, vault, state, kind, termsId, delivered } = license;
  if (kind !== TERMS_KIND.SERVE) throw new OmlError('REQUEST_INVALID', `License ${licenseId} is not for serving.`);
  const terms = { address: deployment.contracts.termsRegistry, abi: termsRegistryAbi } as const;
  const [isCovered, [floorPrice], endpoint, codeBooks] = await Promise.all([
    publicClient.readContract({ ...registry, functionName: 'isCovered', args: [account] }),
    publicClient.readContract({ ...terms, functionName: 'ratesOf', args: [termsId] }),
    endpointOf(chain, licenseId),
    codeBooksOf(chain, modelId, delivered),
  ]);
  const isActive = state === LICENSE_STATE.ACTIVE;
  const said = { state: LICENSE_STATES[state]!, isActive, isCovered, floorPrice, codeBooks };
  return { licenseId, modelId, account, vault, endpoint, ...said };
}

/** The one that was named last. */
async function endpointOf({ publicClient, deployment }: Chain, licenseId: bigint): Promise<string> {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi, strict: true } as const;
  const read = async (range: BlockRange) => {
    const of = { ...registry, ...range, args: { licenseId } };
    const [accepted, changed] = await Promise.all([
      publicClient.getContractEvents({ ...of, eventName: 'LicenseAccepted' }),
      publicClient.getContractEvents({ ...of, eventName: 'EndpointChanged' }),
    ]);
    return [...accepted, ...changed];
  };
  const fromBlock = BigInt(deployment.deployedAtBlock);
  const named = await readLogs({ fromBlock, toBlock: await publicClient.getBlockNumber(), read });
  return (named.at(-1)?.args.endpoint ?? '').replace(/\/+$/, '');
}

async function codeBooksOf({ publicClient, deployment }: Chain, modelId: bigint, delivered: number): Promise<Hex[]> {
  const models = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const releases = Array.from({ length: delivered }, (_, i) => i + 1);
  const books = releases.map((release) =>
    publicClient.readContract({ ...models, functionName: 'codeBookOf', args: [modelId, release] }),
  );
  return (await Promise.all(books)).map(([root]) => root);
}
