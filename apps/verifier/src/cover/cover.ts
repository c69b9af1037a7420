import { defineProgram, end, nextOf } from '@oml/program/define-program';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { isAddressEqual } from 'viem';
import type { AuditContext } from '../programs/audit-context.ts';
import { ordinaryRequest } from '../programs/ordinary-requests.ts';
import { drawPayers, payersNote, planOf, planSeed, type Probing } from '../payers/probing.ts';
import { askAsPayers, fundPayers } from '../payers/steps.ts';
import { affordableCalls, roundBudget } from './plan-cover.ts';

/** Which license's answers are bought, and how many at most. */
export interface CoverOrder {
  licenseId: string;
  calls: number;
}
interface Steps {
  discover: object;
  fund: { probing: Probing };
  ask: { probing: Probing };
}

const ROUND = 0;
const next = nextOf<Steps>();

/**
 * Buys a few answers as an audit does, by payers of the same kind over the same time, and looks at none of them: what
 * hosts see of this verifier has no rhythm by which audits could be told.
 */
export const cover = defineProgram<Steps, AuditContext, CoverOrder, 'asked' | 'left-out'>()({
  name: 'cover',
  first: next('discover', {}),
  steps: {
    async discover({ id, subject }, context) {
      const { hosts, calls, salts, paying, funding } = context;
      const license = await hosts.license(BigInt(subject.licenseId));
      if (license.state !== LICENSE_STATE.ACTIVE) return end('left-out', { note: 'the license is not active' });
      const chosen = (await hosts.served(license)).find(
        (entry) => entry.licenseId === license.licenseId && isAddressEqual(entry.vault, license.vault),
      );
      if (!chosen) return end('left-out', { note: `${license.endpoint} serves nothing under it` });
      const { url, price } = chosen;
      const mostPayers = await funding.mostPayers(paying.ethPrice);
      const wishes = { calls: subject.calls, price, mostPayers, spreadMs: paying.spreadMs };
      const count = affordableCalls(planSeed(salts, id, ROUND), wishes, roundBudget(paying.coverBudget));
      if (count === 0) return end('left-out', { note: 'dearer than what cover may cost' });
      const seed = salts(`traffic/${id}`);
      const corpus = await context.corpus(license.modelId);
      const probing = await drawPayers(context, id, ROUND, { calls: count, price });
      const body = (i: number) => ordinaryRequest(chosen, seed, i, corpus);
      await calls.plan(
        Array.from({ length: count }, (_, i) => ({ auditId: id, round: ROUND, i, url, price, body: body(i) })),
      );
      return next('fund', { probing }, { note: `${chosen.model} at ${license.endpoint}` });
    },

    async fund(run, context) {
      const note = payersNote(planOf(context, run.id, run.facts.probing), run.facts.probing);
      return (await fundPayers(context, run)) ?? next('ask', run.facts, { note });
    },

    async ask(run, context) {
      return (await askAsPayers(context, run, 'bought')) ?? end('asked');
    },
  },
});
