import type { Address } from '#kit/hex.ts';

/** One line of the public log of this site's operators. */
export interface ShownModeration {
  entryId: bigint;
  modelId: bigint;
  action: 'taken-down' | 'put-back';
  operator: Address;
  reason: string;
  at: Date;
  /** A takedown ends by itself then. */
  until?: Date;
}

/** Where the log shows an entry. */
export const entryPath = (entryId: bigint): string => `/moderation?before=${entryId + 1n}#entry-${entryId}`;
