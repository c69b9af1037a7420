/**
 * How handing a notice over ended: `later`: try again; `refused`: nobody takes it, `isGone` where its target itself is
 * the reason; `unsure`: it left, and no answer came.
 */
export type Handed = { state: 'sent' | 'unsure' } | { state: 'later' | 'refused'; code: string; isGone?: boolean };
