import { isOmlError } from '@oml/protocol/error';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { openBrowserStore, type BrowserStore } from '@oml/sdk/browser-store';
import { createBuyer, type Buyer } from '@oml/sdk/buyer';
import { keepCalls } from '@oml/sdk/calls';
import type { KeptPaid } from '@oml/sdk/kept-paid';
import { createPublicClient, http, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

/** What the story asks of the page. */
export interface BuyerPage {
  /** Opens the store, waiting for other tabs or not, and a buyer that keeps all in it; a code where it cannot. */
  open(of: { rpcUrl: string; deployment: Deployment; key: Hex }, wait: boolean): Promise<string>;
  /** The answer, or the code of the error. */
  ask(host: string, model: string, prompt: string): Promise<string>;
  redeem(): Promise<number>;
  receipts(): Promise<KeptPaid[]>;
}

let store: BrowserStore;
let buyer: Buyer;
const page: BuyerPage = {
  async open({ rpcUrl, deployment, key }, wait) {
    try {
      store = await openBrowserStore({ wait });
    } catch (error) {
      return isOmlError(error) ? error.code : String(error);
    }
    buyer = createBuyer({
      account: privateKeyToAccount(key),
      publicClient: createPublicClient({ transport: http(rpcUrl) }),
      deployment,
      maxAmountPerPayment: 100_000n,
      calls: keepCalls(store.texts),
      onReceipt: (paid) => void store.addReceipt(paid),
    });
    return 'open';
  },
  async ask(host, model, prompt) {
    try {
      return (await buyer.complete(host, { model, prompt, maxTokens: 6 })).text;
    } catch (error) {
      return isOmlError(error) ? error.code : String(error);
    }
  },
  redeem: async () => (await buyer.redeem()).answered,
  receipts: () => store.receipts(),
};

Object.assign(window, { page });
