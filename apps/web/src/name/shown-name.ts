import type { Address } from '#kit/hex.ts';

/** A name as pages show it. */
export interface ShownName {
  text: string;
  /** Undefined: it is free. */
  holder?: Address;
  /** 0: it points to nothing. */
  modelId: bigint;
  /** In the token's smallest unit. */
  deposit: bigint;
  registeredAt: Date;
  /** After a verdict freed it only this one may register it, for a while. */
  reserved?: { for: Address; until: Date };
}
