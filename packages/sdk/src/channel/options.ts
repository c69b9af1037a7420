import type { PayingAccount } from '../paying-account.ts';
import type { ChannelStore } from './store.ts';

/** How a buyer pays out of channels. */
export interface ChannelOptions {
  /** Signs vouchers without asking anybody; the client that receipts name. Its loss costs what the channels hold. */
  sessionKey: PayingAccount;
  /** What one signature of the wallet puts into a channel; smallest unit. */
  deposit: bigint;
  /** Must survive a crash where the channels are to. */
  store: ChannelStore;
}
