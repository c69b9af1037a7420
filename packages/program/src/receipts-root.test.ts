import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAnvil, type TestChain } from '../test-support/anvil.ts';
import { receiptsRoot, type RpcReceipt } from './receipts-root.ts';

let chain: TestChain;
beforeAll(async () => void (chain = await startAnvil()), 600_000);
afterAll(() => chain?.stop());

const ask = (method: string, ...params: unknown[]) =>
  chain.publicClient.request({ method, params } as never) as Promise<unknown>;

/** Mines `count` transactions into one block, of every type in turn, some of which fail and some of which log. */
async function blockOf(count: number): Promise<{ receipts: RpcReceipt[]; root: Hex }> {
  await ask('evm_setAutomine', false);
  const [from] = (await ask('eth_accounts')) as [Hex];
  const first = Number(await ask('eth_getTransactionCount', from, 'pending'));
  for (let i = 0; i < count; i++) {
    const fee = i % 3 === 0 ? { gasPrice: '0x77359400' } : { maxFeePerGas: '0x77359400', maxPriorityFeePerGas: '0x1' };
    const list = i % 3 === 1 ? { gasPrice: '0x77359400', accessList: [] } : fee;
    const nonce = `0x${(first + i).toString(16)}`;
    const to = i % 4 === 3 ? chain.wall : chain.bell;
    await ask('eth_sendTransaction', { from, to, gas: '0x11170', nonce, ...list });
  }
  await ask('evm_mine');
  const block = (await ask('eth_getBlockByNumber', 'latest', false)) as { number: Hex; receiptsRoot: Hex };
  const receipts = (await ask('eth_getBlockReceipts', block.number)) as RpcReceipt[];
  expect(receipts).toHaveLength(count);
  return { receipts, root: block.receiptsRoot };
}

describe('the root of a block’s receipts', { timeout: 600_000 }, () => {
  // One byte holds an index up to 127: with more, keys have several lengths and extensions appear.
  it.each([0, 1, 2, 15, 16, 17, 128, 129, 300])(
    'is the one that a node computes for %i transactions',
    async (count) => {
      const { receipts, root } = await blockOf(count);
      expect(receiptsRoot(receipts)).toBe(root);
    },
  );

  it('is the one of an OP-stack node for a deposit, whose receipt says more', () => {
    const deposit: RpcReceipt = {
      type: '0x7e',
      status: '0x1',
      cumulativeGasUsed: '0x5208',
      logs: [],
      logsBloom: `0x${'00'.repeat(256)}`,
      transactionIndex: '0x0',
      depositNonce: '0x1',
      depositReceiptVersion: '0x1',
    };
    // Of block 1 of `anvil --network optimism` with this deposit in it.
    expect(receiptsRoot([deposit])).toBe('0xdbfba0cf1914b3c1e4a90affb3805a438411c3a55a04b59f649ae1cf4c487a79');
  });

  it('is another one as soon as anything in a receipt is', async () => {
    const { receipts, root } = await blockOf(9);
    const altered = (change: (receipt: RpcReceipt) => RpcReceipt) =>
      receiptsRoot(receipts.map((receipt, i) => (i === 4 ? change(receipt) : receipt)));
    expect(altered((receipt) => receipt)).toBe(root);
    expect(altered(({ logs, ...receipt }) => ({ ...receipt, logs: logs.slice(1) }))).not.toBe(root);
    expect(altered(({ logs, ...rest }) => ({ ...rest, logs: [{ ...logs[0]!, data: '0x01' }] }))).not.toBe(root);
    expect(altered((receipt) => ({ ...receipt, status: '0x0' }))).not.toBe(root);
    expect(altered((receipt) => ({ ...receipt, type: receipt.type === '0x2' ? '0x1' : '0x2' }))).not.toBe(root);
    expect(receiptsRoot(receipts.toReversed())).not.toBe(root);
  });
});
