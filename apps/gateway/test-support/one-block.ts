import { encodeFunctionData, parseGwei, type Abi, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { Call } from '@oml/program/sender';
import { controlsOf, GAS, KEYS, waitFor, type TestChain } from './chain-fixture.ts';

/** How many transactions the gateway's gas account has sent, also those that wait for a block. */
export const sentBy = (chain: TestChain): Promise<number> =>
  chain.as(KEYS.BUYER).publicClient.getTransactionCount({ address: GAS.address, blockTag: 'pending' });

/** A call of somebody else that gets into the gateway's block. */
export interface Rival {
  key: Hex;
  call: Call;
  /** Sent after the gateway's and paid better, or sent before and paid worse. */
  place: 'in front' | 'behind';
}

/** Puts a rival's transaction into one block with the gateway's, where neither sender could see it. */
export async function inOneBlock(chain: TestChain, rival: Rival, gateway: () => Promise<Response>): Promise<Response> {
  const controls = controlsOf(chain);
  const { publicClient } = chain.as(KEYS.BUYER);
  const before = await sentBy(chain);
  await controls.setIntervalMining({ interval: 0 });
  try {
    const early = rival.place === 'behind' ? await sendRaw(chain, rival) : undefined;
    const response = gateway();
    await waitFor(async () => (await sentBy(chain)) === before + 1);
    const hash = early ?? (await sendRaw(chain, rival));
    await controls.mine({ blocks: 1 });
    const { transactionIndex } = await publicClient.getTransactionReceipt({ hash });
    if (transactionIndex !== (early ? 1 : 0)) throw new Error(`the rival was not ${rival.place}`);
    return await response;
  } finally {
    await controls.setIntervalMining({ interval: 1 });
  }
}

/** Signed here: a node would refuse to estimate what the block before it makes fail. */
async function sendRaw(chain: TestChain, { key, call, place }: Rival): Promise<Hex> {
  const { publicClient } = chain.as(KEYS.BUYER);
  const account = privateKeyToAccount(key);
  const { baseFeePerGas } = await publicClient.getBlock();
  const fees =
    place === 'in front'
      ? { maxFeePerGas: parseGwei('100'), maxPriorityFeePerGas: parseGwei('50') }
      : { maxFeePerGas: baseFeePerGas! * 2n, maxPriorityFeePerGas: 0n };
  const serializedTransaction = await account.signTransaction({
    to: call.address,
    data: encodeFunctionData({ ...call, abi: call.abi as Abi, args: call.args ?? [] }),
    chainId: chain.deployment.chainId,
    nonce: await publicClient.getTransactionCount({ address: account.address }),
    gas: 300_000n,
    ...fees,
  });
  return publicClient.sendRawTransaction({ serializedTransaction });
}
