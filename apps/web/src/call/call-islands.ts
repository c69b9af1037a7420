'use client';
import { island } from '#kit/island.tsx';

/** A paid call from the visitor's own wallet. */
export const PaidPanel = island('wanted', () => import('./paid-panel.tsx').then((module) => module.PaidPanel));

/** What this browser may spend of the connected account. */
export const BudgetPanel = island('wanted', () =>
  import('./budget/budget-panel.tsx').then((module) => module.BudgetPanel),
);

/** The calls that the connected account paid for in this browser. */
export const PaidCalls = island('wanted', () => import('./paid-calls.tsx').then((module) => module.PaidCalls));

/** Channels that the connected account paid into. */
export const ChannelPanel = island('wanted', () => import('./channel-panel.tsx').then((module) => module.ChannelPanel));

/** The connected account's sessions in this browser. */
export const SessionList = island('wanted', () =>
  import('./session/session-list.tsx').then((module) => module.SessionList),
);
