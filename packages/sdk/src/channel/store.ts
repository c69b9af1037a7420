import type { ChannelConfig } from '@oml/protocol/signed/channel';
import type { Hex } from 'viem';
import { memoryTexts, type Texts } from '../texts.ts';

/** A call that was signed for and has no valid receipt yet: sent again as it was, it is charged once. */
export interface PendingCall {
  url: string;
  /** Its body, to the letter: another one would be another request. */
  text: string;
  nonceSalt: Hex | undefined;
  /** Value of the PAYMENT-SIGNATURE header. */
  header: string;
  /** Unix seconds. */
  signedAt: number;
}

/** What a buyer must not forget of a channel. */
export interface ChannelRecord {
  channelId: Hex;
  config: ChannelConfig;
  /** Total of all valid receipts; smallest unit. */
  charged: bigint;
  pending?: PendingCall;
}

/** Where a buyer keeps its channels, by names that the SDK makes. Whatever `save` resolved to must survive a crash. */
export interface ChannelStore {
  load(name: string): Promise<ChannelRecord | undefined>;
  save(name: string, record: ChannelRecord): Promise<void>;
}

/** Channels that are forgotten with the process; what lies in them can be withdrawn all the same. */
export const memoryChannels = (): ChannelStore => textChannels(memoryTexts());

/** Keeps channels as text, in a browser's storage or wherever text can be kept. */
export function textChannels(texts: Texts): ChannelStore {
  return {
    async load(name) {
      const text = await texts.read(name);
      if (text === undefined) return undefined;
      const record = JSON.parse(text) as Omit<ChannelRecord, 'charged'> & { charged: string };
      return { ...record, charged: BigInt(record.charged) };
    },
    save: (name, record) => texts.write(name, JSON.stringify({ ...record, charged: String(record.charged) })),
  };
}
