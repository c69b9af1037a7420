import { OmlError } from '@oml/protocol/error';
import { numberToHex, type Chain, type EIP1193Provider, type Hex } from 'viem';

/** What a wallet is asked by. */
export type Provider = Pick<EIP1193Provider, 'request'>;

const NAMES: Record<number, string> = {
  1: 'Ethereum',
  10: 'OP Mainnet',
  137: 'Polygon',
  8453: 'Base',
  42161: 'Arbitrum',
};
/** How long a wallet may take to say where its chain began. */
const PATIENCE_MS = 4_000;

/** A chain as people call it. */
export const chainWords = (id: number, chain?: Pick<Chain, 'id' | 'name'>): string => {
  const name = chain?.id === id ? chain.name : NAMES[id];
  return name ? `${name} (${id})` : `chain ${id}`;
};

/**
 * Makes sure, right before it is asked to sign, that the wallet stands on this site's chain: asks it to switch, then
 * asks again where it stands, since some say that they switched and did not, and some mean another chain with the same
 * number. Throws CHAIN_MISMATCH, or what the wallet said.
 */
export async function ensureChain(provider: Provider, chain: Chain, genesis: Hex): Promise<void> {
  const before = await chainIdOf(provider);
  if (before !== chain.id) await switchTo(provider, chain, before);
  const after = await chainIdOf(provider);
  const here = chainWords(chain.id, chain);
  if (after !== chain.id)
    throw mismatch(
      `Your wallet said that it switched, and is still on ${chainWords(after)}; this page works on ${here}.`,
    );
  const began = await beginningOf(provider);
  if (began !== undefined && began !== genesis)
    throw mismatch(
      `Your wallet’s network has the number of ${here}, but it is another chain: it began with another block.`,
    );
}

const mismatch = (message: string) => new OmlError('CHAIN_MISMATCH', `${message} Nothing was sent.`);

async function switchTo(provider: Provider, chain: Chain, before: number): Promise<void> {
  const chainId = numberToHex(chain.id);
  try {
    await provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId }] });
  } catch (cause) {
    const { code, data } = cause as { code?: number; data?: { originalError?: { code?: number } } };
    if (code === 4001)
      throw new OmlError(
        'CHAIN_MISMATCH',
        `You declined to switch your wallet from ${chainWords(before)} to ${chainWords(chain.id, chain)}. Nothing was sent.`,
        { cause },
      );
    if (code !== 4902 && data?.originalError?.code !== 4902) throw cause;
    const { name: chainName, nativeCurrency, rpcUrls } = chain;
    const added = { chainId, chainName, nativeCurrency, rpcUrls: [...rpcUrls.default.http] };
    await provider.request({ method: 'wallet_addEthereumChain', params: [added] });
  }
}

const chainIdOf = async (provider: Provider): Promise<number> =>
  Number(await provider.request({ method: 'eth_chainId' }));

/** Undefined where the wallet does not say: not every one answers for old blocks. */
async function beginningOf(provider: Provider): Promise<Hex | undefined> {
  const asked = provider
    .request({ method: 'eth_getBlockByNumber', params: ['0x0', false] })
    .then((block) => block?.hash ?? undefined)
    .catch(() => undefined);
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE_MS));
  return Promise.race([asked, late]);
}
