import type { Hex } from 'viem';
import type { Stack } from '../../testing/stack.ts';
import { tableGas } from './table-gas.ts';

const BURNED = '0x000000000000000000000000000000000000dEaD';

/** What something that was played brought each party, in the token's smallest unit, and the gas that it paid. */
export interface Outcome {
  /** In wallet and bond. */
  readonly host: bigint;
  /** In wallet, stake, and balance at the court. */
  readonly claimant: bigint;
  readonly owner: bigint;
  readonly burned: bigint;
  readonly hostGas: number;
  /** Of everybody but the host, with rounds of the beacon at the price of drand's. */
  readonly claimGas: number;
}

/** Plays and tells who has how much more, or less, afterwards. */
export async function measure(stack: Stack, play: () => Promise<unknown>): Promise<Outcome> {
  const before = await holdings(stack);
  const fromBlock = (await stack.client.getBlockNumber()) + 1n;
  await play();
  const after = await holdings(stack);
  return {
    host: after.host - before.host,
    claimant: after.claimant - before.claimant,
    owner: after.owner - before.owner,
    burned: after.burned - before.burned,
    ...(await gasSince(stack, fromBlock)),
  };
}

async function holdings({ HOST, VERIFIER, OWNER, balanceOf, licenseRegistry, verifierRegistry, claimCourt }: Stack) {
  const { bond } = await licenseRegistry.read.accountOf([HOST.account.address]);
  const stake = await verifierRegistry.read.stakeOf([VERIFIER.account.address]);
  const atCourt = await claimCourt.read.balanceOf([VERIFIER.account.address]);
  return {
    host: (await balanceOf(HOST.account.address)) + bond,
    claimant: (await balanceOf(VERIFIER.account.address)) + stake + atCourt,
    owner: await balanceOf(OWNER.account.address),
    burned: await balanceOf(BURNED),
  };
}

/** The dev chain's beacon is a block's hash and costs next to nothing: a round of drand stands in for each. */
async function gasSince({ client, HOST, beacon }: Stack, fromBlock: bigint) {
  let [hostGas, claimGas] = [0, 0];
  for (let at = fromBlock; at <= (await client.getBlockNumber()); ++at) {
    const { transactions } = await client.getBlock({ blockNumber: at, includeTransactions: true });
    for (const { from, to, hash } of transactions) {
      const gas = isSame(to, beacon.address) ? tableGas('beacon') : Number(await gasOf(client, hash));
      if (isSame(from, HOST.account.address)) hostGas += gas;
      else claimGas += gas;
    }
  }
  return { hostGas, claimGas };
}

async function gasOf(client: Stack['client'], hash: Hex) {
  return (await client.getTransactionReceipt({ hash })).gasUsed;
}

const isSame = (a: string | null, b: string): boolean => a?.toLowerCase() === b.toLowerCase();
