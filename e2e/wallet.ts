import type { BrowserContext } from 'playwright-core';
import { createPublicClient, createWalletClient, http, isHex, type Hex } from 'viem';
import type { LocalAccount } from 'viem';
import { foundry } from 'viem/chains';

interface WalletRequest {
  method: string;
  params?: unknown[];
}

interface EthTransaction {
  to?: Hex;
  data?: Hex;
  value?: Hex;
  gas?: Hex;
}

/**
 * A wallet that announces itself by EIP-6963 and really signs: requests of the page are answered with the account's
 * key.
 */
export async function installWallet(
  context: BrowserContext,
  account: LocalAccount,
  rpcUrl: string,
  name = 'Story Wallet',
): Promise<string[]> {
  const asked: string[] = [];
  const answer = answerFor(account, rpcUrl);
  await context.exposeFunction('__omlWallet', async (request: WalletRequest) => {
    asked.push(request.method);
    try {
      return { ok: await answer(request) };
    } catch (error) {
      const {
        code = -32_603,
        shortMessage,
        message,
        data,
      } = error as { code?: number; shortMessage?: string; message: string; data?: unknown };
      return { error: { code, message: shortMessage ?? message, data } };
    }
  });
  await context.addInitScript(announce, name);
  return asked;
}

function answerFor(account: LocalAccount, rpcUrl: string) {
  const wallet = createWalletClient({ account, chain: foundry, transport: http(rpcUrl) });
  const rpc = createPublicClient({ transport: http(rpcUrl) });
  // Accounts show only after a request: wallets do so, and pages that reconnect on load would move under the first
  // click.
  let connected = false;
  return async ({ method, params = [] }: WalletRequest): Promise<unknown> => {
    switch (method) {
      case 'eth_requestAccounts':
        connected = true;
        return [account.address];
      case 'eth_accounts':
        return connected ? [account.address] : [];
      case 'wallet_requestPermissions':
      case 'wallet_getPermissions':
        return [
          {
            parentCapability: 'eth_accounts',
            caveats: [{ type: 'restrictReturnedAccounts', value: [account.address] }],
          },
        ];
      case 'wallet_revokePermissions':
      case 'wallet_switchEthereumChain':
      case 'wallet_addEthereumChain':
        return null;
      case 'personal_sign': {
        const message = params[0] as string;
        return account.signMessage({ message: isHex(message) ? { raw: message } : message });
      }
      case 'eth_signTypedData_v4':
        return account.signTypedData(JSON.parse(params[1] as string));
      case 'eth_sendTransaction': {
        const { to, data, value, gas } = params[0] as EthTransaction;
        return wallet.sendTransaction({
          ...(to && { to }),
          ...(data && { data }),
          ...(value && { value: BigInt(value) }),
          ...(gas && { gas: BigInt(gas) }),
        });
      }
      default:
        return rpc.request({ method, params } as never);
    }
  };
}

/** Runs in the page, before its own scripts. */
function announce(name: string): void {
  type Listener = (...args: unknown[]) => void;
  const listeners: Record<string, Set<Listener>> = {};
  const provider = {
    async request(request: unknown) {
      const call = (
        window as unknown as {
          __omlWallet: (
            r: unknown,
          ) => Promise<{ ok?: unknown; error?: { code: number; message: string; data?: unknown } }>;
        }
      ).__omlWallet;
      const { ok, error } = await call(request);
      if (error) throw Object.assign(new Error(error.message), error);
      return ok;
    },
    on(event: string, listener: Listener) {
      (listeners[event] ??= new Set()).add(listener);
      return provider;
    },
    removeListener(event: string, listener: Listener) {
      listeners[event]?.delete(listener);
      return provider;
    },
  };
  const info = Object.freeze({
    uuid: '7a1d3c52-30d4-4c4b-9b1e-2f1f8a3f9a10',
    name,
    rdns: 'org.oml.story',
    icon: "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>",
  });
  const say = () =>
    window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }));
  window.addEventListener('eip6963:requestProvider', say);
  say();
}
