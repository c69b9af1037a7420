import { licenseRegistryAbi, revenueVaultAbi, titleBondsAbi } from '@oml/contracts/abis';
import { LICENSE_STATES, suspensionName } from '@oml/protocol/chain/license-state';
import { TERMS_KINDS } from '@oml/protocol/chain/terms';
import type { Chain } from '@oml/service/chain';
import { vaultOf } from '../acts/vaults.ts';
import type { Look } from '../looks.ts';
import { number } from '../options.ts';

const AT_ONCE = 16;

interface Listed {
  licenseId: bigint;
  modelId: bigint;
  kind: string;
  state: string;
  account: string;
}

/** What there is to know of licenses. */
export const LICENSE_LOOKS: readonly Look[] = [
  {
    verb: 'list',
    does: 'list the licenses of a deployment, or those on one model: id, model, kind, state, account',
    argument: ['[model]', 'its number'],
    read: async (chain, said) => ({
      licenses: await listLicenses(chain, said === undefined ? undefined : number(said, 'A model')),
    }),
    tell: ({ licenses }: { licenses: Listed[] }) =>
      licenses.length === 0 ? 'There are no licenses yet.' : licenses.map(lineOf).join('\n'),
  },
  {
    verb: 'show',
    does: 'show a license: where it stands, what suspends it, and the money in its vault',
    argument: ['<license>', 'its number'],
    read: async (chain, said) => viewLicense(chain, number(said!, 'A license')),
  },
];

const lineOf = ({ licenseId, modelId, kind, state, account }: Listed): string =>
  [String(licenseId).padStart(4), `model ${modelId}`.padEnd(12), kind.padEnd(8), state.padEnd(10), account].join('  ');

async function listLicenses({ publicClient, deployment }: Chain, of: bigint | undefined): Promise<Listed[]> {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const count = Number(await publicClient.readContract({ ...registry, functionName: 'licenseCount' }));
  const ids = Array.from({ length: count }, (_, i) => BigInt(i + 1));
  const listed: Listed[] = [];
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const read = async (licenseId: bigint): Promise<Listed> => {
      const license = { ...registry, functionName: 'license', args: [licenseId] } as const;
      const { modelId, kind, state, account } = await publicClient.readContract(license);
      return { licenseId, modelId, kind: TERMS_KINDS[kind]!, state: LICENSE_STATES[state]!, account };
    };
    listed.push(...(await Promise.all(ids.slice(i, i + AT_ONCE).map(read))));
  }
  return of === undefined ? listed : listed.filter(({ modelId }) => modelId === of);
}

async function viewLicense(chain: Chain, licenseId: bigint) {
  const { publicClient, deployment } = chain;
  const vault = await vaultOf(chain, licenseId);
  const { licenseRegistry, titleBonds } = deployment.contracts;
  const registry = { address: licenseRegistry, abi: licenseRegistryAbi, args: [licenseId] } as const;
  const [license, reason, titleCover] = await Promise.all([
    publicClient.readContract({ ...registry, functionName: 'license' }),
    publicClient.readContract({ ...registry, functionName: 'suspensionOf' }),
    publicClient.readContract({
      address: titleBonds,
      abi: titleBondsAbi,
      functionName: 'coverOf',
      args: [licenseId],
    }),
  ]);
  const { kind, state, suspension: _, ...rest } = license;
  return {
    licenseId,
    kind: TERMS_KINDS[kind]!,
    state: LICENSE_STATES[state]!,
    suspension: suspensionName(reason) ?? null,
    ...rest,
    titleCover,
    ...(vault.hasCode ? { money: await moneyIn(chain, vault.address) } : {}),
  };
}

async function moneyIn({ publicClient }: Chain, address: `0x${string}`) {
  const vault = { address, abi: revenueVaultAbi } as const;
  const [buckets, undistributed] = await Promise.all([
    publicClient.readContract({ ...vault, functionName: 'buckets' }),
    publicClient.readContract({ ...vault, functionName: 'undistributed' }),
  ]);
  return { undistributed, ...buckets };
}
