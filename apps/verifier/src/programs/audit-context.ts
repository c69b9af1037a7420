import { auditRequestSchema } from '@oml/protocol/wire/audit';
import type { Chain } from '@oml/service/chain';
import type { Guard } from '@oml/service/guarded-fetch';
import type { SealingKeyPair } from '@oml/service/seal';
import type { z } from 'zod';
import type { Batches } from '../chain/batches.ts';
import type { Court } from '../chain/court.ts';
import type { Hosts } from '../chain/hosts.ts';
import type { Accounts } from '../payers/accounts.ts';
import type { Funding } from '../payers/fund.ts';
import type { CallRecords } from './call-record.ts';
import type { Corpus } from './corpus.ts';
import type { PaidCalls } from './paid-calls.ts';
import type { Salts } from './salts.ts';

/** What the steps of an audit work with. */
export interface AuditContext {
  chain: Chain;
  /** The verifier's own address. */
  me: `0x${string}`;
  sealing: SealingKeyPair;
  salts: Salts;
  calls: CallRecords;
  paidCalls: PaidCalls;
  /** Hops and payers. */
  accounts: Accounts;
  funding: Funding;
  /** What buyers of a model ask. */
  corpus: Corpus;
  paying: PayingLimits;
  /** The share of answers out of a model that batches are sized to catch, above 0 to 1. */
  catchShare: number;
  /** It looks, and claims nothing. */
  isShadow: boolean;
  hosts: Hosts;
  batches: Batches;
  court: Court;
  /** How strangers' servers are asked. */
  limits: Guard;
}

/** How the payers of an audit are drawn. */
export interface PayingLimits {
  /** So long a round's funding takes, and its asking again, in ms. */
  spreadMs: number;
  /** What 10^18 wei cost, in the token's smallest unit; 0: nothing. */
  ethPrice: bigint;
  /** The most that payers get in a day for calls outside audits, in the token's smallest unit. */
  coverBudget: bigint;
}

/** What each program is ordered for; a run keeps the order as it came. */
export const [paidUseRequest, disguiseRequest] = auditRequestSchema.options;
export type PaidUseOrder = z.input<typeof paidUseRequest>;
export type DisguiseOrder = z.input<typeof disguiseRequest>;
