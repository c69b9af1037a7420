import type { Tone } from '@oml/ui/states';

/** Something that runs, as this site found it. */
export interface ShownPart {
  name: string;
  /** What it is for, in a sentence. */
  what: string;
  state: PartState;
  /** How it stands, with figures. */
  sentence: string;
  /** What to do, or who can act, where it does not run. */
  next?: string;
  /** When this site first found it so; it looks when somebody visits. */
  since: Date;
}

export type PartState = 'up' | 'behind' | 'down' | 'unknown';

export const PART_WORDS: Record<PartState, { word: string; tone: Tone }> = {
  up: { word: 'Runs', tone: 'accent' },
  behind: { word: 'Behind', tone: 'risk' },
  down: { word: 'No answer', tone: 'risk' },
  unknown: { word: 'Not known', tone: 'plain' },
};
