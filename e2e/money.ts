import {
  claimCourtAbi,
  blamesAbi,
  committeesAbi,
  devDollarAbi,
  leakCourtAbi,
  licenseRegistryAbi,
  namesAbi,
  revenueVaultAbi,
  titleBondsAbi,
  verifierRegistryAbi,
  inspectionPoolsAbi,
  modelRegistryAbi,
} from '@oml/contracts/abis';
import { isOpenClaim } from '@oml/protocol/chain/claim-state';
import { getAddress, zeroAddress, type Address, type Hex } from 'viem';
import { channelMoney, payersOfVerifier } from './purse.ts';
import { actors, connectRpc, deployment } from './stack.ts';

export interface Ledger {
  /** At the end of which everything is read: money moves in a running stack. */
  block: bigint;
  minted: bigint;
  /** Replayed from every Transfer since the deployment. */
  balances: Map<Address, bigint>;
}

const BURN: Address = '0x000000000000000000000000000000000000dEaD';

/** Replays every transfer of the dollar from the first block to the newest. */
export async function replayTransfers(): Promise<Ledger> {
  const { contracts, deployedAtBlock } = deployment();
  const rpc = connectRpc();
  const block = await rpc.getBlockNumber();
  const events = await rpc.getContractEvents({
    address: contracts.token,
    abi: devDollarAbi,
    eventName: 'Transfer',
    fromBlock: BigInt(deployedAtBlock),
    toBlock: block,
  });
  const balances = new Map<Address, bigint>();
  let minted = 0n;
  const move = (who: Address, amount: bigint) => balances.set(who, (balances.get(who) ?? 0n) + amount);
  for (const { args } of events) {
    const { from, to, value } = args as { from: Address; to: Address; value: bigint };
    if (from === zeroAddress) minted += value;
    else move(from, -value);
    move(to, value);
  }
  return { block, minted, balances };
}

export interface Account {
  holder: string;
  balance: bigint;
  /** What the holder's own books say it holds, and for whom. */
  explained: bigint;
  parts: Record<string, bigint>;
}

/** Every holder of the dollar, with the reason for every unit it holds. */
export async function accountForEveryUnit({ block, balances }: Ledger): Promise<Account[]> {
  const { contracts } = deployment();
  const rpc = connectRpc();
  const people = new Map(Object.entries(actors).map(([role, { address }]) => [getAddress(address), role]));
  const vaults = new Map((await allVaults(block)).map((vault) => [getAddress(vault.address), vault]));
  const payers = payersOfVerifier();
  const accounts: Account[] = [];
  for (const [holder, balance] of balances) {
    if (balance === 0n) continue;
    const parts = await partsOf(holder);
    const explained = Object.values(parts).reduce((sum, part) => sum + part, 0n);
    accounts.push({ holder, balance, explained, parts });
  }
  return accounts;

  async function partsOf(holder: Address): Promise<Record<string, bigint>> {
    const balance = balances.get(holder) ?? 0n;
    const role = people.get(holder);
    if (role) return { [`wallet of ${role}`]: balance };
    if (holder === BURN) return { burned: balance };
    if (payers.has(holder)) return { 'payer of an audit': balance };
    if (holder === getAddress(contracts.batchSettlement)) return channelMoney(block, vaults.keys());
    if (holder === getAddress(contracts.licenseRegistry)) return bonds(block);
    if (holder === getAddress(contracts.verifierRegistry)) return stakesAndDeposits(block);
    if (holder === getAddress(contracts.inspectionPools)) return inspectionPools(block);
    if (holder === getAddress(contracts.claimCourt)) return courtMoney(block);
    if (holder === getAddress(contracts.titleBonds)) return titleBonds(block);
    if (holder === getAddress(contracts.committees))
      return {
        'fees of committees': await rpc.readContract({
          address: contracts.committees,
          abi: committeesAbi,
          functionName: 'accounted',
          blockNumber: block,
        }),
      };
    if (holder === getAddress(contracts.blames))
      return {
        'deposits of blames': await rpc.readContract({
          address: contracts.blames,
          abi: blamesAbi,
          functionName: 'accounted',
          blockNumber: block,
        }),
      };
    if (holder === getAddress(contracts.leakCourt))
      return {
        'bonds of reports': await rpc.readContract({
          address: contracts.leakCourt,
          abi: leakCourtAbi,
          functionName: 'accounted',
          blockNumber: block,
        }),
      };
    if (holder === getAddress(contracts.names))
      return {
        'deposits of names': await rpc.readContract({
          address: contracts.names,
          abi: namesAbi,
          functionName: 'accounted',
          blockNumber: block,
        }),
      };
    const vault = vaults.get(holder);
    return vault ? vaultMoney(holder, block) : {};
  }
}

/** The vault of every license that was accepted. */
export async function allVaults(block: bigint): Promise<{ address: Address; licenseId: bigint }[]> {
  const { contracts, deployedAtBlock } = deployment();
  const events = await connectRpc().getContractEvents({
    address: contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    eventName: 'LicenseAccepted',
    fromBlock: BigInt(deployedAtBlock),
    toBlock: block,
  });
  return events.map(({ args }) => ({ address: args.vault!, licenseId: args.licenseId! }));
}

/** The account bonds, and the leak bonds beside them. */
async function bonds(block: bigint): Promise<Record<string, bigint>> {
  const { contracts, deployedAtBlock } = deployment();
  const rpc = connectRpc();
  const events = await rpc.getContractEvents({
    address: contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    eventName: 'BondDeposited',
    fromBlock: BigInt(deployedAtBlock),
    toBlock: block,
  });
  const parts: Record<string, bigint> = {};
  for (const account of new Set(events.map(({ args }) => args.account!))) {
    const { bond } = await rpc.readContract({
      address: contracts.licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'accountOf',
      args: [account],
      blockNumber: block,
    });
    parts[`bond of ${account}`] = bond;
  }
  for (const { licenseId } of await allVaults(block)) {
    parts[`leak bond of license ${licenseId}`] = await rpc.readContract({
      address: contracts.licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'leakBondOf',
      args: [licenseId],
      blockNumber: block,
    });
  }
  return parts;
}

async function stakesAndDeposits(block: bigint): Promise<Record<string, bigint>> {
  const { contracts, deployedAtBlock } = deployment();
  const rpc = connectRpc();
  const registry = { address: contracts.verifierRegistry, abi: verifierRegistryAbi } as const;
  const read = { ...registry, blockNumber: block } as const;
  const logs = { ...registry, fromBlock: BigInt(deployedAtBlock), toBlock: block } as const;
  const parts: Record<string, bigint> = {};
  const staked = await rpc.getContractEvents({ ...logs, eventName: 'Staked' });
  for (const verifier of new Set(staked.map(({ args }) => args.verifier!)))
    parts[`stake of ${verifier}`] = await rpc.readContract({ ...read, functionName: 'stakeOf', args: [verifier] });
  const committed = await rpc.getContractEvents({ ...logs, eventName: 'BatchCommitted' });
  for (const { args } of committed) {
    const { deposit } = await rpc.readContract({ ...read, functionName: 'batch', args: [args.batchId!] });
    parts[`deposit of batch ${args.batchId}`] = BigInt(deposit);
  }
  return parts;
}

async function inspectionPools(block: bigint): Promise<Record<string, bigint>> {
  const { contracts } = deployment();
  const rpc = connectRpc();
  const models = { address: contracts.modelRegistry, abi: modelRegistryAbi, functionName: 'modelCount' } as const;
  const pools = { address: contracts.inspectionPools, abi: inspectionPoolsAbi, functionName: 'poolOf' } as const;
  const parts: Record<string, bigint> = {};
  const count = await rpc.readContract({ ...models, blockNumber: block });
  for (let modelId = 1n; modelId <= count; modelId++)
    parts[`inspection pool of model ${modelId}`] = await rpc.readContract({
      ...pools,
      args: [modelId],
      blockNumber: block,
    });
  return parts;
}

/** What claimants keep in the court, the bonds of open claims, and what no transfer could deliver. */
async function courtMoney(block: bigint): Promise<Record<string, bigint>> {
  const { contracts, deployedAtBlock } = deployment();
  const rpc = connectRpc();
  const court = { address: contracts.claimCourt, abi: claimCourtAbi } as const;
  const read = { ...court, blockNumber: block } as const;
  const logs = { ...court, fromBlock: BigInt(deployedAtBlock), toBlock: block, strict: true } as const;
  const parts: Record<string, bigint> = {};
  const deposited = await rpc.getContractEvents({ ...logs, eventName: 'Deposited' });
  for (const claimant of new Set(deposited.map(({ args }) => args.claimant)))
    parts[`balance of ${claimant}`] = await rpc.readContract({ ...read, functionName: 'balanceOf', args: [claimant] });
  const claims = [
    ...(await rpc.getContractEvents({ ...logs, eventName: 'UnpaidUseClaimed' })),
    ...(await rpc.getContractEvents({ ...logs, eventName: 'DisguisedUseClaimed' })),
  ];
  for (const claimId of new Set<Hex>(claims.map(({ args }) => args.claimId))) {
    const { state, bond } = await rpc.readContract({ ...read, functionName: 'claim', args: [claimId] });
    if (isOpenClaim(state)) parts[`bond of claim ${claimId}`] = bond;
  }
  const credited = await rpc.getContractEvents({ ...logs, eventName: 'Credited' });
  for (const payee of new Set(credited.map(({ args }) => args.payee)))
    parts[`owed to ${payee}`] = await rpc.readContract({ ...read, functionName: 'owed', args: [payee] });
  return parts;
}

async function titleBonds(block: bigint): Promise<Record<string, bigint>> {
  const { contracts, deployedAtBlock } = deployment();
  const rpc = connectRpc();
  const bonds = { address: contracts.titleBonds, abi: titleBondsAbi } as const;
  const posted = await rpc.getContractEvents({
    ...bonds,
    eventName: 'TitleBondPosted',
    fromBlock: BigInt(deployedAtBlock),
    toBlock: block,
    strict: true,
  });
  const parts: Record<string, bigint> = {};
  for (const modelId of new Set(posted.map(({ args }) => args.modelId))) {
    const { bond } = await rpc.readContract({
      ...bonds,
      functionName: 'titleBondOf',
      args: [modelId],
      blockNumber: block,
    });
    parts[`title bond of model ${modelId}`] = bond;
  }
  return parts;
}

/** The buckets, what the token refused to a payee, and what nobody has split yet. */
async function vaultMoney(vault: Address, block: bigint): Promise<Record<string, bigint>> {
  const rpc = connectRpc();
  const read = { address: vault, abi: revenueVaultAbi, blockNumber: block } as const;
  if (!(await rpc.getCode({ address: vault, blockNumber: block })))
    return { 'arrived before the vault has code': await balanceOf(vault, block) };
  const parts: Record<string, bigint> = {
    ...(await rpc.readContract({ ...read, functionName: 'buckets' })),
    'arrived, not yet distributed': await rpc.readContract({ ...read, functionName: 'undistributed' }),
  };
  const credited = await rpc.getContractEvents({
    address: vault,
    abi: revenueVaultAbi,
    eventName: 'Credited',
    fromBlock: BigInt(deployment().deployedAtBlock),
    toBlock: block,
    strict: true,
  });
  for (const payee of new Set(credited.map(({ args }) => args.payee)))
    parts[`owed to ${payee}`] = await rpc.readContract({ ...read, functionName: 'owed', args: [payee] });
  return parts;
}

function balanceOf(holder: Address, block: bigint): Promise<bigint> {
  return connectRpc().readContract({
    address: deployment().contracts.token,
    abi: devDollarAbi,
    functionName: 'balanceOf',
    args: [holder],
    blockNumber: block,
  });
}

/** Units no books explain: 0, or something is wrong. */
export function unaccounted(ledger: Ledger, accounts: readonly Account[]): bigint {
  const held = accounts.reduce((sum, { balance }) => sum + balance, 0n);
  const explained = accounts.reduce((sum, account) => sum + account.explained, 0n);
  const off = (a: bigint, b: bigint) => (a > b ? a - b : b - a);
  return off(ledger.minted, held) + off(held, explained);
}
