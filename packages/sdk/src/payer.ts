import type { Deployment } from '@oml/protocol/chain/deployment';
import type { Receipt } from '@oml/protocol/signed/receipt';
import type { Address, Hex } from 'viem';
import type { Budget } from './budget/budget.ts';
import type { Calls } from './calls.ts';
import type { ChannelOptions } from './channel/options.ts';
import type { ChainView, Payee } from './payee-check.ts';
import type { PayingAccount } from './paying-account.ts';
import type { Payment } from './payment.ts';

export interface Payer {
  account: PayingAccount;
  deployment: Deployment;
  /** Most that one payment may cost, in the token's smallest unit. */
  maxAmountPerPayment: bigint;
  /** Runs before anything is signed; throws to refuse the payee. */
  approve: (payTo: Address) => Promise<Payee>;
  fetch: typeof fetch;
  /** So long a paid answer may take to begin, resends included, in ms; two minutes if not said. */
  answerTimeoutMs?: number;
  /** Pays out of channels where a deposit covers several calls; what they hold is read from the chain. */
  channel?: ChannelOptions | undefined;
  publicClient?: ChainView['publicClient'];
  /** Who may claim an unpaid use; the account itself if not named. */
  claimant?: Address;
  /** Keeps what was signed for before it is sent. */
  calls?: Calls | undefined;
  /** Stops what an app may not spend. */
  budget?: Budget | undefined;
}

export interface PaidResponse {
  response: Response;
  /** Absent where the host asked for nothing. */
  payment?: Payment;
  payee?: Payee;
  /** To be called with a valid receipt. */
  onReceipt?: (receipt: Receipt) => Promise<void>;
  /** To be called after it, or when there will be none: until then a channel waits (protocol §5). */
  onEnd?: () => void;
  /** What was sent before for the same call, where that was sent again. */
  again?: AskedAgain;
}

/** What a request was, to be sent again just so. */
export interface AskedAgain {
  text: string;
  nonceSalt: Hex | undefined;
}

/** A payer that can look at the chain, as channels need it. */
export type ChannelPayer = Omit<Payer, 'channel'> & {
  channel: ChannelOptions;
  publicClient: ChainView['publicClient'];
};
