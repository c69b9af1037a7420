import { startAnvil, type TestChain } from '@oml/program/test-support/anvil';
import { numberToHex, type Hex } from 'viem';
import { foundry } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { genesisOf } from './look.ts';
import { ensureChain, type Provider } from './wallet-chain.ts';

let here: TestChain;
let genesis: Hex;
beforeAll(async () => {
  here = await startAnvil();
  genesis = await genesisOf(here.publicClient);
});
afterAll(() => here.stop());

interface Manner {
  chainId: number;
  /** What it does when it is told to switch: where it stands then. */
  onSwitch?: (told: number) => number | undefined;
  /** What it says of the first block, where it does not ask this chain's node. */
  firstBlock?: () => Promise<{ hash: Hex }>;
}

/** A wallet that stands on a chain and asks its node. */
function wallet({ chainId, onSwitch = () => undefined, firstBlock }: Manner) {
  const asked: string[] = [];
  let at = chainId;
  const request = async ({ method, params }: { method: string; params?: unknown }) => {
    asked.push(method);
    if (method === 'eth_chainId') return numberToHex(at);
    if (method === 'wallet_switchEthereumChain') {
      at = onSwitch(Number((params as [{ chainId: Hex }])[0].chainId)) ?? at;
      return null;
    }
    if (method === 'wallet_addEthereumChain') return null;
    if (method === 'eth_getBlockByNumber' && firstBlock) return firstBlock();
    return here.publicClient.request({ method, params } as never);
  };
  return { provider: { request } as unknown as Provider, asked };
}

describe('a wallet that is about to sign', () => {
  it('is asked for nothing where it stands on this chain', async () => {
    const { provider, asked } = wallet({ chainId: foundry.id });
    await ensureChain(provider, foundry, genesis);
    expect(asked).toEqual(['eth_chainId', 'eth_chainId', 'eth_getBlockByNumber']);
  });

  it('switches, without an event that it did', async () => {
    const { provider } = wallet({ chainId: 1, onSwitch: (told) => told });
    await ensureChain(provider, foundry, genesis);
  });

  it('that says it switched and did not is told where it still is', async () => {
    const { provider } = wallet({ chainId: 1 });
    await expect(ensureChain(provider, foundry, genesis)).rejects.toMatchObject({
      code: 'CHAIN_MISMATCH',
      message: expect.stringMatching(/still on Ethereum \(1\).*Foundry \(31337\).*Nothing was sent/) as string,
    });
  });

  it('that is told not to switch says what was declined', async () => {
    const declined = Object.assign(new Error('no'), { code: 4001 });
    const { provider } = wallet({
      chainId: 8453,
      onSwitch: () => {
        throw declined;
      },
    });
    await expect(ensureChain(provider, foundry, genesis)).rejects.toThrow(
      'You declined to switch your wallet from Base (8453) to Foundry (31337). Nothing was sent.',
    );
  });

  it('that does not know the chain is told about it', async () => {
    const { provider, asked } = wallet({
      chainId: 1,
      onSwitch: () => {
        throw Object.assign(new Error('what chain'), { code: 4902 });
      },
    });
    await expect(ensureChain(provider, foundry, genesis)).rejects.toMatchObject({ code: 'CHAIN_MISMATCH' });
    expect(asked).toContain('wallet_addEthereumChain');
  });

  it('that means another chain with the same number is found out by its first block', async () => {
    const firstBlock = async () => ({ hash: `0x${'cd'.repeat(32)}` as const });
    const { provider } = wallet({ chainId: foundry.id, firstBlock });
    await expect(ensureChain(provider, foundry, genesis)).rejects.toThrow(/another chain: it began with another block/);
  });

  it('that does not answer for old blocks is believed', async () => {
    const { provider } = wallet({ chainId: foundry.id, firstBlock: () => Promise.reject(new Error('pruned')) });
    await ensureChain(provider, foundry, genesis);
  });
});
