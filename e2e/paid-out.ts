import { devDollarAbi, modelRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { isAddressEqual, type Address } from 'viem';
import { allVaults, type Ledger } from './money.ts';
import { connectRpc, deployment } from './stack.ts';

export interface PaidOut {
  vault: Address;
  /** By the vault's own word: what it paid the owner of its model and of that model's ancestors, where this payee is it. */
  earned: bigint;
  /** Of that and all else, what the vault says it sent to this payee, and what the dollar says it moved. */
  said: bigint;
  moved: bigint;
}

export const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/** What each vault that owed an owner something sent to it; the owner names no payees and hosts nothing. */
export async function paidOutTo(payee: Address, ledger: Ledger): Promise<PaidOut[]> {
  const isOwn = await modelsOf(payee, ledger);
  const all: PaidOut[] = [];
  for (const { address: vault } of await allVaults(ledger.block)) {
    const events = await vaultEvents(vault, ledger);
    const shares = [
      ...events('OwnerPaid').map(({ modelId, amount }) => ({ modelId, amount })),
      ...events('AncestorPaid').map(({ ancestorId: modelId, amount }) => ({ modelId, amount })),
    ].filter(({ modelId }) => isOwn.has(modelId));
    if (shares.length === 0) continue;
    const said = events('Paid').filter((paid) => isAddressEqual(paid.payee, payee));
    all.push({
      vault,
      earned: sum(shares.map(({ amount }) => amount)),
      said: sum(said.map(({ amount }) => amount)),
      moved: await movedDollars(ledger, { from: vault, to: payee }),
    });
  }
  return all;
}

/** What the dollar itself says it moved into a vault, or out of it. */
export async function movedDollars(
  ledger: Ledger,
  args: { from: Address; to?: Address } | { to: Address },
): Promise<bigint> {
  const token = { address: deployment().contracts.token, abi: devDollarAbi, eventName: 'Transfer' } as const;
  const transfers = await connectRpc().getContractEvents({ ...token, args, ...upTo(ledger), strict: true });
  return sum(transfers.map(({ args: { value } }) => value));
}

/** All events of a vault, by name. */
export async function vaultEvents(address: Address, ledger: Ledger) {
  const events = await connectRpc().getContractEvents({
    address,
    abi: revenueVaultAbi,
    ...upTo(ledger),
    strict: true,
  });
  type VaultEvent = (typeof events)[number];
  return <Name extends VaultEvent['eventName']>(name: Name) =>
    events.flatMap((event) =>
      event.eventName === name ? [event.args as Extract<VaultEvent, { eventName: Name }>['args']] : [],
    );
}

const upTo = ({ block }: Ledger) => ({ fromBlock: BigInt(deployment().deployedAtBlock), toBlock: block }) as const;

async function modelsOf(owner: Address, { block: blockNumber }: Ledger): Promise<Set<bigint>> {
  const rpc = connectRpc();
  const registry = { address: deployment().contracts.modelRegistry, abi: modelRegistryAbi, blockNumber } as const;
  const ids = new Set<bigint>();
  const count = await rpc.readContract({ ...registry, functionName: 'modelCount' });
  for (let modelId = 1n; modelId <= count; modelId++)
    if (isAddressEqual(await rpc.readContract({ ...registry, functionName: 'ownerOf', args: [modelId] }), owner))
      ids.add(modelId);
  return ids;
}
