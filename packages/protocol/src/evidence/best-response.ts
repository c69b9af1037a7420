/** What a host gains by hiding uses, against what it loses when it is caught; all in the same money and time. */
export interface HidingGame {
  /** What it would keep by hiding every use. */
  gain: number;
  /** What it loses when it is caught. */
  loss: number;
  /** Chance to be caught where it hides this share of its uses, 0 to 1. */
  caught: (share: number) => number;
}

export interface Response {
  /** Of its uses, 0 to 1. */
  share: number;
  caught: number;
  profit: number;
}

/** Shares are looked at in whole per cent. */
const STEPS = 100;

/** What hiding each whole per cent of its uses brings, from none to all. */
export const responses = ({ gain, loss, caught }: HidingGame): Response[] =>
  Array.from({ length: STEPS + 1 }, (_, i) => {
    const share = i / STEPS;
    const chance = share === 0 ? 0 : caught(share);
    return { share, caught: chance, profit: share * gain - chance * loss };
  });

/** What serves the host best; hiding nothing, which brings nothing, where everything else loses. */
export const bestResponse = (game: HidingGame): Response =>
  responses(game).reduce((best, response) => (response.profit > best.profit ? response : best));
