import { vouchOrderTypedData } from '@oml/protocol/signed/vouch-order';
import { HEADERS } from '@oml/protocol/wire/headers';
import type { LocalAccount } from 'viem';
import { OWNER } from './actors.ts';
import type { PublisherOnChain } from './publisher-on-chain.ts';

/** An owner's order to vouch as its command sends it, by whomever; what the publisher answers. */
export async function orderVouch(
  on: PublisherOnChain,
  modelId: bigint,
  said: { titleBond?: bigint; name?: string },
  signer: LocalAccount = OWNER,
): Promise<{ id: string; state?: string; code?: string }> {
  const { chainId, contracts } = on.chain.deployment;
  const { titleBond = 0n, name = '' } = said;
  const askedAt = Math.floor(Date.now() / 1_000);
  const registry = { chainId, modelRegistry: contracts.modelRegistry };
  const signed = vouchOrderTypedData({ modelId, titleBond, name, askedAt: BigInt(askedAt) }, registry);
  const body = { ...(titleBond > 0n ? { titleBond: String(titleBond) } : {}), ...(name ? { name } : {}), askedAt };
  const headers = { [HEADERS.signature]: await signer.signTypedData(signed) };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await on.publisher.app.request(`/models/${modelId}/vouch`, init);
  return (await answer.json()) as { id: string; state?: string; code?: string };
}
