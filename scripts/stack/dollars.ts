import { devDollarAbi } from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { createWalletClient, http, publicActions, type Hex } from 'viem';
import { foundry } from 'viem/chains';
import { actors, type Role } from './actors.ts';
import { urlOf } from './layout.ts';
import { deployment } from './rpc.ts';

/** Mints dev dollars to named actors; the dev token lets anyone do that. */
export async function mintDollars(
  amounts: Partial<Record<Role, bigint>>,
  rpcUrl = urlOf('chain'),
  { contracts }: Deployment = deployment(),
): Promise<void> {
  const wallet = createWalletClient({
    account: actors.deployer.account,
    chain: foundry,
    transport: http(rpcUrl),
    pollingInterval: 100,
  }).extend(publicActions);
  let nonce = await wallet.getTransactionCount({ address: actors.deployer.address, blockTag: 'pending' });
  const sent: Hex[] = [];
  for (const [role, amount] of Object.entries(amounts) as [Role, bigint][])
    sent.push(
      await wallet.writeContract({
        address: contracts.token,
        abi: devDollarAbi,
        functionName: 'mint',
        args: [actors[role].address, amount],
        nonce: nonce++,
      }),
    );
  // Waited for together: they are one block's work.
  await Promise.all(sent.map((hash) => wallet.waitForTransactionReceipt({ hash })));
}
