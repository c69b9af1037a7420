import { seededRandom } from '@oml/onnx/seeded-random';
import { HOLD_CHANCE } from '../src/edition/edition.ts';
import { ACCUSATION_LEVEL } from '../src/edition/trace.ts';
import type { Tried } from '../src/lab/adaptive/adaptive-attack.ts';
import type { openTracer } from '../src/lab/adaptive/trace-tried.ts';

/** Ways that a copy is looked at. */
export const LOOKS = ['inFile', 'byText', 'byChances'] as const;
export type LookName = (typeof LOOKS)[number];

/** Innocents with subsets of their own that are held against each try, at an endpoint of either kind. */
const INNOCENTS = 200;

/** What the owner saw of all tries of one host. */
export interface TracingSeen {
  watch(tried: Tried): Promise<void>;
  tries: number;
  /** Tries after which the right licensee is named. */
  named: Record<LookName, number>;
  /** The try that hides it best. */
  worst: Record<LookName, { label: string; familyPValue: number }>;
  innocents: { tested: number; accused: number };
  described(): string;
}

export function watchTracing(tracer: ReturnType<typeof openTracer>): TracingSeen {
  const random = seededRandom(77);
  const each = <T>(make: () => T): Record<LookName, T> => ({ inFile: make(), byText: make(), byChances: make() });
  const seen: TracingSeen = {
    tries: 0,
    named: each(() => 0),
    worst: each(() => ({ label: '', familyPValue: 0 })),
    innocents: { tested: 0, accused: 0 },
    async watch(tried) {
      const { inFile, byText, byChances } = await tracer(tried);
      seen.tries++;
      const found = { inFile, byText: byText.familyPValue, byChances: byChances.familyPValue };
      for (const look of LOOKS) {
        seen.named[look] += Number(found[look] <= ACCUSATION_LEVEL);
        if (found[look] > seen.worst[look].familyPValue)
          seen.worst[look] = { label: tried.label, familyPValue: found[look] };
      }
      const keys = byText.keys;
      for (let i = 0; i < INNOCENTS; i++) {
        const subset = [...Array(keys).keys()].filter(() => random() < HOLD_CHANCE);
        for (const look of [byText, byChances]) {
          seen.innocents.tested++;
          seen.innocents.accused += Number(look.chanceOf(subset) <= ACCUSATION_LEVEL);
        }
      }
    },
    described: () =>
      LOOKS.map(
        (look) =>
          `${look} ${seen.named[look]} of ${seen.tries} named, worst p ${seen.worst[look].familyPValue.toExponential(1)} (${seen.worst[look].label})`,
      ).join('; ') + `; innocents ${seen.innocents.accused} of ${seen.innocents.tested}`,
  };
  return seen;
}
