import {
  createWalletClient,
  http,
  numberToHex,
  publicActions,
  type Hex,
  type LocalAccount,
  type PublicClient,
  type TypedDataDefinition,
} from 'viem';
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
  /** What the person answers before anything is sent or signed; rejects as wallets do where it declines. */
  onAsk?: (method: string) => Promise<void>;
  /** What it really signs, by what it was asked to. */
  onSign?: (asked: TypedDataDefinition) => TypedDataDefinition;
  /** Sends several calls as one (EIP-5792). */
  batches?: boolean;
}

/** A wallet's word that its person declined. */
export const declined = (): Error => Object.assign(new Error('User rejected the request.'), { code: 4001 });

export interface Announced {
  /** Methods that it was asked for, in order. */
  asked: string[];
  /** Its person chooses another account. */
  switchTo(account: LocalAccount): void;
}

const RDNS = 'org.oml.test';

/**
 * Announces a wallet (EIP-6963) that really signs: with this key, over this chain. A page that comes next finds it as
 * the one that it was connected to before.
 */
export function announceWallet(rpcUrl: string, first: LocalAccount, manners: Manners = {}): Announced {
  const clientOf = (of: LocalAccount) => createWalletClient({ account: of, chain: foundry, transport: http(rpcUrl) });
  let client = clientOf(first);
  const asked: string[] = [];
  const batches: Hex[][] = [];
  const listeners = new Map<string, (told: unknown) => void>();
  let account = first;
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
      case 'eth_signTypedData_v4': {
        await manners.onAsk?.(method);
        const typed = JSON.parse(params[1] as string) as TypedDataDefinition;
        return account.signTypedData(manners.onSign?.(typed) ?? typed);
      }
      case 'wallet_getCapabilities':
        return manners.batches ? { [numberToHex(foundry.id)]: { atomic: { status: 'supported' } } } : {};
      case 'wallet_sendCalls': {
        await manners.onAsk?.(method);
        const hashes: Hex[] = [];
        for (const { to, data } of (params[0] as { calls: { to: Hex; data: Hex }[] }).calls)
          hashes.push(await client.sendTransaction({ to, data }));
        batches.push(hashes);
        return { id: `batch ${batches.length}` };
      }
      case 'wallet_getCallsStatus': {
        const hash = batches[Number(String(params[0]).split(' ')[1]) - 1]!.at(-1)!;
        const receipt = await client
          .extend(publicActions)
          .getTransactionReceipt({ hash })
          .catch(() => undefined);
        return receipt ? { status: 200, receipts: [{ transactionHash: hash }] } : { status: 100 };
      }
      case 'eth_sendTransaction': {
        await manners.onAsk?.(method);
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
  const provider = {
    request,
    on: (event: string, listener: (told: unknown) => void) => (listeners.set(event, listener), provider),
    removeListener: (event: string) => (listeners.delete(event), provider),
  };
  const info = { uuid: crypto.randomUUID(), name: 'Test Wallet', rdns: RDNS, icon: 'data:image/svg+xml,<svg/>' };
  hush?.();
  const say = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: { info, provider } }));
  window.addEventListener('eip6963:requestProvider', say);
  hush = () => window.removeEventListener('eip6963:requestProvider', say);
  localStorage.setItem('oml.recentConnectorId', JSON.stringify(RDNS));
  const switchTo = (next: LocalAccount) => {
    [account, client] = [next, clientOf(next)];
    listeners.get('accountsChanged')?.([next.address]);
  };
  return { asked, switchTo };
}

/** Silences the wallet before. */
let hush: (() => void) | undefined;
