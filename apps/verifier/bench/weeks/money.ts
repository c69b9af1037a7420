import {
  claimCourtAbi,
  committeesAbi,
  devDollarAbi,
  inspectionPoolsAbi,
  leakCourtAbi,
  licenseRegistryAbi,
  modelRegistryAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import type { Chain } from '@oml/service/chain';
import type { Address } from 'viem';

/** Money that somebody holds, and what that should be, in the token's smallest unit. */
interface Account {
  name: string;
  holds: bigint;
  owes: bigint;
}

/**
 * Adds up the money of a whole chain: what all accounts hold is what there is, and each contract holds what it owes.
 * All of it at one block, since money moves on. Resolves to what differs, in words.
 */
export async function addUp(chain: Chain): Promise<string[]> {
  const reader = readerOf(chain, await chain.publicClient.getBlockNumber());
  const accounts = await Promise.all([
    everybody(chain, reader),
    claimCourt(chain, reader),
    verifierRegistry(chain, reader),
    licenseRegistry(chain, reader),
    inspectionPools(chain, reader),
    committees(chain, reader),
    leakCourt(chain, reader),
  ]);
  return accounts.flatMap(({ name, holds, owes }) => (holds === owes ? [] : [`${name}: ${holds} held, ${owes} owed`]));
}

type Reader = ReturnType<typeof readerOf>;

function readerOf({ publicClient, deployment }: Chain, blockNumber: bigint) {
  const token = { address: deployment.contracts.token, abi: devDollarAbi } as const;
  const all = { fromBlock: BigInt(deployment.deployedAtBlock), toBlock: blockNumber, strict: true } as const;
  const at = { blockNumber } as const;
  return {
    token,
    all,
    at,
    balanceOf: (holder: Address) =>
      publicClient.readContract({ ...token, ...at, functionName: 'balanceOf', args: [holder] }),
    async sum<Item>(items: Iterable<Item>, value: (item: Item) => Promise<bigint>): Promise<bigint> {
      return (await Promise.all([...items].map(value))).reduce((total, each) => total + each, 0n);
    },
    /** Everybody who ever had money. */
    async holders(): Promise<Set<Address>> {
      const logs = await publicClient.getContractEvents({ ...token, ...all, eventName: 'Transfer' });
      return new Set(logs.map(({ args }) => args.to));
    },
  };
}

async function everybody({ publicClient }: Chain, { token, at, sum, holders, balanceOf }: Reader): Promise<Account> {
  const [holds, owes] = await Promise.all([
    sum(await holders(), balanceOf),
    publicClient.readContract({ ...token, ...at, functionName: 'totalSupply' }),
  ]);
  return { name: 'all accounts', holds, owes };
}

/** Once no claim is open: what claimants posted, and what could not be delivered. */
async function claimCourt({ publicClient, deployment }: Chain, { all, at, sum, holders, balanceOf }: Reader) {
  const court = { address: deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  const claimants = await publicClient.getContractEvents({ ...court, ...all, eventName: 'Deposited' });
  const posted = await sum(new Set(claimants.map(({ args }) => args.claimant)), (claimant) =>
    publicClient.readContract({ ...court, ...at, functionName: 'balanceOf', args: [claimant] }),
  );
  const owed = await sum(await holders(), (payee) =>
    publicClient.readContract({ ...court, ...at, functionName: 'owed', args: [payee] }),
  );
  return { name: 'claim court', holds: await balanceOf(court.address), owes: posted + owed };
}

async function verifierRegistry({ publicClient, deployment }: Chain, { all, at, sum, balanceOf }: Reader) {
  const registry = { address: deployment.contracts.verifierRegistry, abi: verifierRegistryAbi } as const;
  const [staked, batches] = await Promise.all([
    publicClient.getContractEvents({ ...registry, ...all, eventName: 'Staked' }),
    publicClient.getContractEvents({ ...registry, ...all, eventName: 'BatchCommitted' }),
  ]);
  const stakes = await sum(new Set(staked.map(({ args }) => args.verifier)), (verifier) =>
    publicClient.readContract({ ...registry, ...at, functionName: 'stakeOf', args: [verifier] }),
  );
  const deposits = await sum(batches, async ({ args: { batchId } }) =>
    BigInt((await publicClient.readContract({ ...registry, ...at, functionName: 'batch', args: [batchId] })).deposit),
  );
  return { name: 'verifier registry', holds: await balanceOf(registry.address), owes: stakes + deposits };
}

async function licenseRegistry({ publicClient, deployment }: Chain, { all, at, sum, balanceOf }: Reader) {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const logs = await publicClient.getContractEvents({ ...registry, ...all, eventName: 'BondDeposited' });
  const bonds = await sum(new Set(logs.map(({ args }) => args.account)), async (account) =>
    BigInt((await publicClient.readContract({ ...registry, ...at, functionName: 'accountOf', args: [account] })).bond),
  );
  return { name: 'license registry', holds: await balanceOf(registry.address), owes: bonds };
}

async function inspectionPools({ publicClient, deployment }: Chain, { at, sum, balanceOf }: Reader) {
  const { modelRegistry, inspectionPools: address } = deployment.contracts;
  const models = { address: modelRegistry, abi: modelRegistryAbi } as const;
  const count = Number(await publicClient.readContract({ ...models, ...at, functionName: 'modelCount' }));
  const owes = await sum(
    Array.from({ length: count }, (_, i) => BigInt(i + 1)),
    (modelId) =>
      publicClient.readContract({ address, abi: inspectionPoolsAbi, ...at, functionName: 'poolOf', args: [modelId] }),
  );
  return { name: 'inspection pools', holds: await balanceOf(address), owes };
}

async function committees({ publicClient, deployment }: Chain, { at, balanceOf }: Reader) {
  const { committees: address } = deployment.contracts;
  const owes = await publicClient.readContract({ address, abi: committeesAbi, ...at, functionName: 'accounted' });
  return { name: 'committees', holds: await balanceOf(address), owes };
}

async function leakCourt({ publicClient, deployment }: Chain, { at, balanceOf }: Reader) {
  const { leakCourt: address } = deployment.contracts;
  const owes = await publicClient.readContract({ address, abi: leakCourtAbi, ...at, functionName: 'accounted' });
  return { name: 'leak court', holds: await balanceOf(address), owes };
}
