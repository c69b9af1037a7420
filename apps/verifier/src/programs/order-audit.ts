import type { Driver } from '@oml/program/driver';
import { readRequest } from '@oml/protocol/wire/read-request';
import { auditRequestSchema } from '@oml/protocol/wire/audit';
import type { DutyContext } from '../committees/duty-context.ts';
import type { DisguiseOrder, PaidUseOrder } from './audit-context.ts';
import { disguise } from './disguise.ts';
import { paidUse } from './paid-use.ts';

/** Orders an audit of what somebody asks; resolves to its id. Throws REQUEST_INVALID. */
export async function orderAudit(driver: Driver<DutyContext>, body: unknown): Promise<string> {
  readRequest(auditRequestSchema, body, 'The audit is refused');
  // The order is kept as it came, so that it can be shown as it came.
  const order = body as PaidUseOrder | DisguiseOrder;
  return order.kind === 'paid-use' ? driver.order(paidUse, order) : driver.order(disguise, order);
}
