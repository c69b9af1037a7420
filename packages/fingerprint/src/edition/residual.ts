import { OmlError } from '@oml/protocol/error';
import type { Prepared } from './edition.ts';
import { siteMatrix } from './site-matrix.ts';

/** What all editions have in place of the edited matrix: base and common change, [keySize, hiddenSize]. */
export function sharedMatrix({ base, site, common }: Prepared): Float32Array {
  const shared = siteMatrix(site, base);
  const { keySize, hiddenSize, transposed } = site;
  for (const { initializer, values } of common)
    if (initializer === site.initializer)
      for (let i = 0; i < shared.length; i++)
        shared[i]! += values[transposed ? (i % hiddenSize) * keySize + Math.floor(i / hiddenSize) : i]!;
  return shared;
}

/**
 * What a copy's matrix, [keySize, hiddenSize], has beyond {@link sharedMatrix}. Throws EDITION_INVALID where it is not
 * finite.
 */
export function residualOf(prepared: Prepared, copy: Float32Array): Float32Array {
  const shared = sharedMatrix(prepared);
  const residual = copy.map((value, i) => value - shared[i]!);
  if (!residual.every(Number.isFinite))
    throw new OmlError('EDITION_INVALID', 'The copy has weights that are not finite.');
  return residual;
}
