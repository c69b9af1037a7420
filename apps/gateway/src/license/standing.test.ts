import { licenseRegistryAbi } from '@oml/contracts/abis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS, HOST, waitFor } from '../../test-support/chain-fixture.ts';
import { openMarket, type Market } from '../../test-support/market.ts';
import { payFor, post } from '../../test-support/x402-fixture.ts';

let market: Market;
beforeAll(async () => {
  market = await openMarket();
});
afterAll(() => market?.stop());

/** The gateway asks the chain again by its clock: until it says so. */
const untilTold = (status: number) => waitFor(async () => (await post(market.completion())).status === status);

const asHost = (functionName: 'announceExit' | 'close', amount: bigint) => {
  const { send, deployment } = market.chain.as(KEYS.HOST);
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  return send({ ...registry, functionName, args: [amount] });
};
const bondOf = () => {
  const { publicClient, deployment } = market.chain.as(KEYS.HOST);
  return publicClient.readContract({
    address: deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'bondOf',
    args: [HOST.address],
  });
};
const refusal = async (response: Response) => ({
  status: response.status,
  ...((await response.json()) as { code: string; details?: Record<string, unknown> }),
});

describe('a host without standing asks for no payment', () => {
  it('while its account is not covered: announced money covers nothing from the first minute', async () => {
    const paid = await payFor(market.chain, market.completion());
    const [bond] = await bondOf();
    await asHost('announceExit', bond);
    await untilTold(409);
    expect(await refusal(await post(market.completion()))).toMatchObject({ status: 409, code: 'BOND_TOO_LOW' });
    expect(await market.costOf(() => post(market.completion(), paid))).toBe(0n);
    await asHost('announceExit', 0n);
    await untilTold(402);
    expect((await post(market.completion(), paid)).status).toBe(200);
  });

  it('once its license is on its way out; what was paid before is still answered', async () => {
    const paid = await payFor(market.chain, market.completion());
    expect((await post(market.completion(), paid)).status).toBe(200);
    await asHost('close', market.listing.licenseId);
    await untilTold(409);
    expect(await refusal(await post(market.completion()))).toMatchObject({ status: 409, code: 'LICENSE_NOT_ACTIVE' });
    expect((await post(market.completion(), paid)).status).toBe(200);
  });
});
