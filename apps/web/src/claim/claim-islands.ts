'use client';
import { island } from '#kit/island.tsx';

/** Checks a claim's evidence in the browser. */
export const CheckAgain = island('at-once', () =>
  import('./recheck/check-again.tsx').then((module) => module.CheckAgain),
);

/** The buttons that end a claim, or lift what it suspended. */
export const ClaimActions = island('at-once', () =>
  import('./claim-buttons.tsx').then((module) => module.ClaimActions),
);

/** What contested payments lack, and the button that books it. */
export const Shortfall = island('at-once', () => import('./shortfall.tsx').then((module) => module.Shortfall));

/** The buttons that anybody may press about a blame. */
export const BlameActions = island('at-once', () =>
  import('./blame/blame-actions.tsx').then((module) => module.BlameActions),
);

/** How the accused host blames its editions. */
export const BlameOffer = island('at-once', () =>
  import('./blame/blame-offer.tsx').then((module) => module.BlameOffer),
);
