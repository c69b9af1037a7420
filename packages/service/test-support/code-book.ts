import { devDollarAbi, modelRegistryAbi, parametersAbi } from '@oml/contracts/abis';
import { parseEventLogs, zeroHash, type Hex } from 'viem';
import { connectBeacon } from '../src/beacon.ts';
import type { Chain } from '../src/chain.ts';
import { until } from '../src/wait.ts';

export interface CodeBook {
  root: Hex;
  poseidonRoot: Hex;
  size: number;
  commonSize: number;
  bits: number;
}

/** Commits a code book for its fee, and waits until its round is posted: that value selects the answers. */
export async function commitCodeBook(chain: Chain, codeBook: CodeBook): Promise<{ commitId: Hex; beacon: Hex }> {
  const { account, deployment, publicClient, send } = chain;
  const { parameters, modelRegistry, token } = deployment.contracts;
  const fee = await publicClient.readContract({
    address: parameters,
    abi: parametersAbi,
    functionName: 'codeBookFee',
  });
  await send({ address: token, abi: devDollarAbi, functionName: 'mint', args: [account!.address, fee] });
  await send({ address: token, abi: devDollarAbi, functionName: 'approve', args: [modelRegistry, fee] });
  const { logs } = await send({
    address: modelRegistry,
    abi: modelRegistryAbi,
    functionName: 'commitCodeBook',
    args: [codeBook],
  });
  const { commitId, round } = parseEventLogs({ abi: modelRegistryAbi, eventName: 'CodeBookCommitted', logs })[0]!.args;
  const beacon = connectBeacon({ chain, chainHash: zeroHash });
  const { value } = await until('the beacon', () => beacon.valueOf(round));
  return { commitId, beacon: value };
}
