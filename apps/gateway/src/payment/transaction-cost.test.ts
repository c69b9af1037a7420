import { startDevChain, type DevChain } from '@oml/service/test-support/dev-chain';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlsOf, KEYS } from '../../test-support/chain-fixture.ts';
import { createGasCost } from '../channel/gas-cost.ts';
import { costOf } from './transaction-cost.ts';

const OP_ORACLE = '0x420000000000000000000000000000000000000F';
const ARB_GAS_INFO = '0x000000000000000000000000000000000000006C';
/** Answers a thousand wei for each byte that it is called with. */
const BY_LENGTH = '0x366103e8025f5260205ff3';
/** Answers six words, the second of which is 5 gwei. */
const FIVE_GWEI = '0x64012a05f20060205260c05ff3';
const COIN_PRICE = 3_000_000_000n;

let chain: DevChain;
beforeAll(async () => void (chain = await startDevChain()));
afterAll(() => chain?.stop());

/** As a service that starts now sees the chain. */
const here = () => chain.as(KEYS.GAS);
const setCode = (address: Hex, bytecode: Hex) => controlsOf(chain).setCode({ address, bytecode });

describe('what a transaction costs', () => {
  it('is its gas on a chain of its own, and what a rollup pays below it on top', async () => {
    const uses = { gas: 250_000n, bytes: 500 };
    const gasOf = async () => uses.gas * (await here().publicClient.getGasPrice());
    expect(await costOf(here(), uses)).toBe(await gasOf());
    await setCode(ARB_GAS_INFO, FIVE_GWEI);
    expect(await costOf(here(), uses)).toBe((await gasOf()) + 500n * 5_000_000_000n);
    await setCode(OP_ORACLE, BY_LENGTH);
    // Selector, offset, length, and whole words.
    expect(await costOf(here(), uses)).toBe((await gasOf()) + 1_000n * (4n + 64n + 512n));
  });

  it('is in the deposit that a channel asks for', async () => {
    const costNow = async () => {
      const cost = createGasCost({ chain: here(), coinPrice: COIN_PRICE });
      await cost.look();
      return cost.ofChannel();
    };
    await setCode(ARB_GAS_INFO, '0x');
    await setCode(OP_ORACLE, '0x');
    const alone = await costNow();
    await setCode(ARB_GAS_INFO, '0x65e8d4a510000060205260c05ff3'); // 256,000 gwei a byte
    expect(await costNow()).toBeGreaterThan(alone);
  });
});
