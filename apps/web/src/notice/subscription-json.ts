import type { NoticeChannel } from '@oml/protocol/wire/notice';

/** A subscription as its account sees it. */
export interface SubscriptionJson {
  id: string;
  channel: NoticeChannel;
  target: string;
  /** Of a month, smallest unit. */
  budget?: string;
  /** `asked`: its mail address has not said yes; `stopped`: it took nothing for long. */
  state: 'asked' | 'told' | 'stopped';
}
