import { USUAL_SIZES } from '@oml/fingerprint/code-book/usual-sizes';
import { termsPriceFault } from '@oml/protocol/price-guard';
import { parseDollars } from '@oml/ui/dollars';

/** What the owner types, as text; read into a request by {@link readPublishTerms}. */
export interface PublishTerms {
  name: string;
  price: string;
  minBond: string;
  ownerShare: string;
  slash: string;
  uri: string;
  common: string;
  tracing: string;
  bits: string;
  /** Gives a demo edition away; never set but by the owner. */
  demo: boolean;
  /** A price that looks like a slip is meant. */
  anyPrice: boolean;
}

/** Where a form starts. */
export function initialTerms(kind: 'language' | 'classifier'): PublishTerms {
  const { commonCount, tracingCount, bits } = USUAL_SIZES[kind];
  return {
    name: '',
    price: '0.001',
    minBond: '50',
    ownerShare: '70',
    slash: '30',
    uri: '',
    common: String(commonCount),
    tracing: String(tracingCount),
    bits: String(bits),
    demo: false,
    anyPrice: false,
  };
}

export interface ReadTerms {
  name: string;
  demo: boolean;
  /** The owner's word on a price that looks like a slip. */
  anyPrice?: true;
  fingerprints: { commonCount: number; tracingCount: number; bits: number };
  terms: { floorPrice: string; minBond: string; ownerShareBps: number; slashBps: number; uri: string };
}

/** Why a price that was typed looks like a slip; undefined where it does not, or is none. */
export function priceSlip(typed: string): string | undefined {
  const floorPrice = parseDollars(typed);
  return floorPrice ? termsPriceFault({ floorPrice })?.why : undefined;
}

type Problems = Partial<Record<keyof PublishTerms, string>>;

/** Reads the form; where something is wrong, says what, field by field. */
export function readPublishTerms(typed: PublishTerms): { read: ReadTerms } | { problems: Problems } {
  const price = parseDollars(typed.price);
  const minBond = parseDollars(typed.minBond);
  const ownerShareBps = percentOf(typed.ownerShare);
  const slashBps = percentOf(typed.slash);
  const [common, tracing, bits] = [
    countOf(typed.common, 1, 4096),
    countOf(typed.tracing, 0, 4096),
    countOf(typed.bits, 1, 6),
  ];
  const name = typed.name.trim();
  const slip = priceSlip(typed.price);
  const problems: Problems = {
    ...(name === '' || name.length > 80 ? { name: 'Between 1 and 80 characters.' } : {}),
    ...(price === undefined || price === 0n ? { price: 'An amount above zero, with at most six decimals.' } : {}),
    ...(slip && !typed.anyPrice ? { price: `Looks like a slip: ${slip}.` } : {}),
    ...(minBond === undefined || minBond === 0n ? { minBond: 'An amount above zero.' } : {}),
    ...(ownerShareBps === undefined ? { ownerShare: '0 to 100.' } : {}),
    ...(slashBps === undefined || slashBps === 0 ? { slash: 'Above 0, up to 100.' } : {}),
    ...(common === undefined ? { common: '1 to 4096.' } : {}),
    ...(tracing === undefined ? { tracing: '0 to 4096.' } : {}),
    ...(bits === undefined ? { bits: '1 to 6.' } : {}),
    ...(typed.uri.length > 2000 ? { uri: 'At most 2000 characters.' } : {}),
  };
  if (Object.keys(problems).length > 0) return { problems };
  return {
    read: {
      name,
      demo: typed.demo,
      ...(slip ? { anyPrice: true } : {}),
      fingerprints: { commonCount: common!, tracingCount: tracing!, bits: bits! },
      terms: {
        floorPrice: String(price),
        minBond: String(minBond),
        ownerShareBps: ownerShareBps!,
        slashBps: slashBps!,
        uri: typed.uri.trim(),
      },
    },
  };
}

/** A percentage with at most two decimals, in basis points. */
function percentOf(text: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(text.trim())) return undefined;
  const bps = Math.round(Number(text) * 100);
  return bps <= 10_000 ? bps : undefined;
}

function countOf(text: string, least: number, most: number): number | undefined {
  const count = /^\d{1,5}$/.test(text.trim()) ? Number(text) : NaN;
  return count >= least && count <= most ? count : undefined;
}
