'use client';
import { island } from '#kit/island.tsx';

/** From no license to a delivered edition. */
export const LicenseFlow = island('wanted', () => import('./license-flow.tsx').then((module) => module.LicenseFlow));

/** Why the bond is as large as it is. */
export const BondSizingView = island('at-once', () =>
  import('./bond-sizing-view.tsx').then((module) => module.BondSizingView),
);
