// x402's channel contract and its EIP-3009 collector at the addresses that every chain has them at. Dev chains start
// without: there our own
// implementation of the same rules stands in, placed by set-code, since neither has a constructor or immutables.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

export const channelAddresses = {
  batchSettlement: '0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003',
  depositCollector: '0x4020806089470a89826cB9fB1f4059150b550004',
};
const PLACES = {
  BatchSettlement: channelAddresses.batchSettlement,
  ERC3009DepositCollector: channelAddresses.depositCollector,
};

/** Places what is compiled in `artifacts/`, on a dev chain. */
export async function placeChannels(client) {
  for (const [name, address] of Object.entries(PLACES)) {
    const { deployedBytecode } = require(
      join(import.meta.dirname, `../artifacts/src/channels/${name}.sol/${name}.json`),
    );
    await client.request({ method: 'hardhat_setCode', params: [address, deployedBytecode] });
  }
}

/** Throws where a real chain lacks them: without channels only single payments would work. */
export async function checkChannels(client) {
  for (const [name, address] of Object.entries(PLACES)) {
    if (!(await client.getCode({ address })))
      throw new Error(`${name} of x402 is not deployed at ${address} on this chain.`);
  }
}
