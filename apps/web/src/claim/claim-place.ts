/** Where a list of claims goes on: after this one. */
export interface ClaimPlace {
  blockNumber: bigint;
  kind: 'claim' | 'refused';
  index: number;
}

/** As an address has it: `1234-claim-5`. */
export const placeText = ({ blockNumber, kind, index }: ClaimPlace): string => `${blockNumber}-${kind}-${index}`;

/** Of an address; undefined for what is no place, so that the list begins anew. */
export function readPlace(text: string | string[] | undefined): ClaimPlace | undefined {
  const [, block, kind, index] = /^(\d{1,18})-(claim|refused)-(\d{1,9})$/.exec(String(text ?? '')) ?? [];
  if (block === undefined) return undefined;
  return { blockNumber: BigInt(block), kind: kind as ClaimPlace['kind'], index: Number(index) };
}
