import { devDollarAbi } from '@oml/contracts/abis';
import { createWalletClient, http } from 'viem';
import { foundry } from 'viem/chains';
import { actors, type Role } from './actors.ts';
import { urlOf } from './layout.ts';
import { connectRpc, deployment } from './rpc.ts';

/** Mints dev dollars to named actors; the dev token lets anyone do that. */
export async function mintDollars(amounts: Partial<Record<Role, bigint>>): Promise<void> {
  const wallet = createWalletClient({ account: actors.deployer.account, chain: foundry, transport: http(urlOf('chain')) });
  const rpc = connectRpc();
  for (const [role, amount] of Object.entries(amounts) as [Role, bigint][]) {
    const hash = await wallet.writeContract({ address: deployment().contracts.token, abi: devDollarAbi, functionName: 'mint', args: [actors[role].address, amount] });
    await rpc.waitForTransactionReceipt({ hash });
  }
}
