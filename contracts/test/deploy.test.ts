import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { network } from 'hardhat';
import { parseAbi } from 'viem';
import { placeMulticall3 } from '../scripts/multicall3.mjs';

describe('Multicall3 on a dev chain', () => {
  it('stands at its address and aggregates calls', async () => {
    const { viem } = await network.create();
    const client = await viem.getPublicClient();
    await placeMulticall3(client);
    await placeMulticall3(client); // a second time changes nothing
    const number = await client.readContract({ address: '0xcA11bde05977b3631167028862bE2a173976CA11', abi: parseAbi(['function getBlockNumber() view returns (uint256)']), functionName: 'getBlockNumber' });
    assert.equal(number, await client.getBlockNumber());
  });
});
