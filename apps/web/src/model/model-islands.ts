'use client';
import { island } from '#kit/island.tsx';

/** What stands behind a model's title now, and what the connected account may do about it. */
export const TitleBond = island('wanted', () => import('./title-bond.tsx').then((module) => module.TitleBond));

/** What a model's inspection pool holds now, and whom it may pay. */
export const InspectionView = island('wanted', () =>
  import('./inspection-view.tsx').then((module) => module.InspectionView),
);

/** Lets the owner take its demo edition back. */
export const DemoChoice = island('wanted', () => import('./demo-choice.tsx').then((module) => module.DemoChoice));
