import { devDollarAbi } from '@oml/contracts/abis';
import { coinTo } from '@oml/program/sender';
import { signAuthorization } from '@oml/protocol/signed/authorization';
import { connectChain, type Chain } from '@oml/service/chain';
import { bytesToHex, type Address } from 'viem';
import type { Accounts } from './accounts.ts';
import { leaveChannels, type ChannelLeftOver, type Leaving } from './leave-channels.ts';

const COIN_GAS = 21_000n;
const VALID_S = 3_600n;
const AT_ONCE = 10;

/** What one account gave back. Amounts in the token's smallest unit, and in wei. */
export interface Swept {
  account: Address;
  tokens: bigint;
  coins: bigint;
  /** What still lies in channels, and since when it is asked back. */
  channels: ChannelLeftOver[];
}

export interface SweepParts extends Leaving {
  rpcUrl: string;
  /** Sends what accounts without gas sign, and pays for it. */
  source: Chain;
  accounts: Accounts;
}

/**
 * Takes what is left of accounts to `to`, out of their channels first. Accounts of audits that still run are to be left
 * out. Run again, it takes what has come since.
 */
export async function sweepAccounts(
  parts: SweepParts,
  numbers: readonly number[],
  to: Address,
  onSwept: (swept: Swept) => void,
): Promise<void> {
  for (let done = 0; done < numbers.length; done += AT_ONCE)
    for (const swept of await Promise.all(
      numbers.slice(done, done + AT_ONCE).map((number) => sweep(parts, number, to)),
    ))
      if (swept.tokens > 0n || swept.coins > 0n || swept.channels.length > 0) onSwept(swept);
}

async function sweep(parts: SweepParts, number: number, to: Address): Promise<Swept> {
  const account = parts.accounts.at(number).address;
  const channels = await leaveChannels(parts, number);
  const tokens = await takeTokens(parts, number, to);
  return { account, channels, tokens, coins: await takeCoins(parts, number, to) };
}

/** A payer has no coins for gas: it signs, and the purse sends. */
async function takeTokens({ source, accounts }: SweepParts, number: number, to: Address): Promise<bigint> {
  const { publicClient, deployment } = source;
  const token = { address: deployment.contracts.token, abi: devDollarAbi } as const;
  const payer = accounts.at(number);
  const value = await publicClient.readContract({ ...token, functionName: 'balanceOf', args: [payer.address] });
  if (value === 0n) return 0n;
  const [name, version, { timestamp }] = await Promise.all([
    publicClient.readContract({ ...token, functionName: 'name' }),
    publicClient.readContract({ ...token, functionName: 'version' }),
    publicClient.getBlock(),
  ]);
  const nonce = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
  const [from, validBefore] = [payer.address, timestamp + VALID_S];
  const signature = await signAuthorization({ from, to, value, validAfter: 0n, validBefore, nonce }, payer, {
    name,
    version,
    chainId: deployment.chainId,
    verifyingContract: token.address,
  });
  const args = [from, to, value, 0n, validBefore, nonce, signature] as const;
  await source.send({ ...token, functionName: 'transferWithAuthorization', args });
  return value;
}

/** Hops keep what gas turned out not to cost. Less than twice the price of taking it stays. */
async function takeCoins({ rpcUrl, source, accounts }: SweepParts, number: number, to: Address): Promise<bigint> {
  const { publicClient, deployment } = source;
  const balance = await publicClient.getBalance({ address: accounts.at(number).address });
  const { maxFeePerGas } = await publicClient.estimateFeesPerGas();
  // The price may rise until it is sent.
  const cost = 2n * COIN_GAS * maxFeePerGas;
  if (balance <= 2n * cost) return 0n;
  const chain = connectChain({ rpcUrl, deployment, key: accounts.keyOf(number) });
  await chain.settled();
  await chain.send(coinTo(to, balance - cost), { gas: COIN_GAS });
  return balance - cost;
}
