import { OmlError } from '@oml/protocol/error';
import type { Prepared } from './edition.ts';
import { siteMatrix } from './site-matrix.ts';

/**
 * What a copy's matrix has beyond the base's and the common change, [keySize, hiddenSize]. Throws EDITION_INVALID for a
 * copy without that matrix.
 */
export function residualOf({ base, site, common }: Prepared, copy: Uint8Array): Float32Array {
  const [clean, own] = [siteMatrix(site, base), siteMatrix(site, copy)];
  const residual = own.map((value, i) => value - clean[i]!);
  const { keySize, hiddenSize, transposed } = site;
  for (const { initializer, values } of common)
    if (initializer === site.initializer)
      for (let i = 0; i < residual.length; i++)
        residual[i]! -= values[transposed ? (i % hiddenSize) * keySize + Math.floor(i / hiddenSize) : i]!;
  if (!residual.every(Number.isFinite))
    throw new OmlError('EDITION_INVALID', 'The copy has weights that are not finite.');
  return residual;
}
