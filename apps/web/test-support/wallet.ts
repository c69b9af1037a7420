import { createWalletClient, http, numberToHex, type Hex, type LocalAccount, type PublicClient } from 'viem';
import { foundry } from 'viem/chains';

interface Asked {
  method: string;
  params?: unknown[];
}

/** How a wallet behaves; what is not said, as it should. */
export interface Manners {
  /** What it does instead of sending, by the transaction that it was asked for. */
  onSend?: (transaction: { to?: Hex; data?: Hex; value?: Hex }) => Promise<Hex>;
  chainId?: number;
}

const RDNS = 'org.oml.test';

/**
 * Announces a wallet (EIP-6963) that really signs: with this key, over this chain. A page that comes next finds it as
 * the one that it was connected to before.
 */
export function announceWallet(rpcUrl: string, account: LocalAccount, manners: Manners = {}): { asked: string[] } {
  const client = createWalletClient({ account, chain: foundry, transport: http(rpcUrl) });
  const asked: string[] = [];
  const request = async ({ method, params = [] }: Asked): Promise<unknown> => {
    asked.push(method);
    switch (method) {
      case 'eth_requestAccounts':
      case 'eth_accounts':
        return [account.address];
      case 'eth_chainId':
        return numberToHex(manners.chainId ?? foundry.id);
      case 'personal_sign':
        return account.signMessage({ message: { raw: params[0] as Hex } });
      case 'eth_signTypedData_v4':
        return account.signTypedData(JSON.parse(params[1] as string));
      case 'eth_sendTransaction': {
        const { to, data, value } = params[0] as { to?: Hex; data?: Hex; value?: Hex };
        if (manners.onSend)
          return manners.onSend({ ...(to && { to }), ...(data && { data }), ...(value && { value }) });
        return client.sendTransaction({
          ...(to && { to }),
          ...(data && { data }),
          ...(value && { value: BigInt(value) }),
        });
      }
      case 'wallet_switchEthereumChain':
        return null;
      default:
        return (client as unknown as PublicClient).request({ method, params } as never);
    }
  };
  const provider = { request, on: () => provider, removeListener: () => provider };
  const info = { uuid: crypto.randomUUID(), name: 'Test Wallet', rdns: RDNS, icon: 'data:image/svg+xml,<svg/>' };
  hush?.();
  const say = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: { info, provider } }));
  window.addEventListener('eip6963:requestProvider', say);
  hush = () => window.removeEventListener('eip6963:requestProvider', say);
  localStorage.setItem('oml.recentConnectorId', JSON.stringify(RDNS));
  return { asked };
}

/** Silences the wallet before. */
let hush: (() => void) | undefined;
