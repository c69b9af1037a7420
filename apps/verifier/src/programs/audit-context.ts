import { auditRequestSchema } from '@oml/protocol/wire/audit';
import type { Chain } from '@oml/service/chain';
import type { Guard } from '@oml/service/guarded-fetch';
import type { SealingKeyPair } from '@oml/service/seal';
import type { z } from 'zod';
import type { Batches } from '../chain/batches.ts';
import type { Court } from '../chain/court.ts';
import type { Hosts } from '../chain/hosts.ts';
import type { CallRecords } from './call-record.ts';
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
  hosts: Hosts;
  batches: Batches;
  court: Court;
  /** How strangers' servers are asked. */
  limits: Guard;
}

/** What each program is ordered for; a run keeps the order as it came. */
export const [paidUseRequest, disguiseRequest] = auditRequestSchema.options;
export type PaidUseOrder = z.input<typeof paidUseRequest>;
export type DisguiseOrder = z.input<typeof disguiseRequest>;
