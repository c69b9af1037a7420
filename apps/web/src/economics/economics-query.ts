/** What one can set, in the units that people think in. */
export interface Setting {
  /** Dollars a use. */
  price: number;
  /** Uses that the host serves in a week. */
  uses: number;
  /** Per cent of what is left after fee and pool. */
  ownerShare: number;
  /** Dollars. */
  bond: number;
  /** Per cent of the bond. */
  slash: number;
  /** Per cent of its uses that the host hides. */
  hidden: number;
  /** Probes of all verifiers in a week. */
  probes: number;
  /** Per cent of the keys that edition and traffic leave alive. */
  survival: number;
  /** Candidates a key are 2^bits. */
  bits: number;
}

export interface Knob {
  name: keyof Setting;
  label: string;
  unit: string;
  least: number;
  most: number;
  step: number;
  usual: number;
  /** The slider's notches grow with the value. */
  isLog?: boolean;
}

/** Everything that can be set, in the order of the page. */
export const KNOBS: readonly Knob[] = [
  {
    name: 'price',
    label: 'Price of a use',
    unit: '$',
    least: 0.0001,
    most: 1,
    step: 0.0001,
    usual: 0.001,
    isLog: true,
  },
  { name: 'uses', label: 'Uses a week', unit: '', least: 100, most: 10_000_000, step: 1, usual: 10_000, isLog: true },
  { name: 'ownerShare', label: 'Owner’s share', unit: '%', least: 0, most: 100, step: 1, usual: 70 },
  { name: 'bond', label: 'Bond', unit: '$', least: 1, most: 100_000, step: 1, usual: 50, isLog: true },
  { name: 'slash', label: 'Slashed of the bond', unit: '%', least: 1, most: 100, step: 1, usual: 30 },
  { name: 'hidden', label: 'Uses that are hidden', unit: '%', least: 1, most: 100, step: 1, usual: 100 },
  { name: 'probes', label: 'Probes a week', unit: '', least: 1, most: 256, step: 1, usual: 24 },
  { name: 'survival', label: 'Keys that survive', unit: '%', least: 1, most: 100, step: 1, usual: 90 },
  { name: 'bits', label: 'Bits a key', unit: '', least: 2, most: 8, step: 1, usual: 6 },
];

/** Reads an address; what is no number is as usual, what is out of range is moved into it. */
export function readSetting(params: Record<string, string | string[] | undefined>): Setting {
  const entries = KNOBS.map(({ name, least, most, step, usual }) => {
    const given = params[name];
    const text = (Array.isArray(given) ? given[0] : given) ?? '';
    const value = /^\d{1,9}(?:\.\d{1,6})?$/.test(text) ? Number(text) : usual;
    const stepped = Number((Math.round(value / step) * step).toFixed(6));
    return [name, Math.min(most, Math.max(least, stepped))];
  });
  return Object.fromEntries(entries) as Setting;
}

/** The address of a setting; what is as usual is left out. */
export function economicsAddress(setting: Setting): string {
  const changed = KNOBS.filter(({ name, usual }) => setting[name] !== usual);
  const query = new URLSearchParams(changed.map(({ name }) => [name, String(setting[name])]));
  return query.size > 0 ? `/economics?${query}` : '/economics';
}

/** Where the slider of a knob stands, 0 to 1, and back. */
export function toNotch({ least, most, isLog }: Knob, value: number): number {
  return isLog ? Math.log(value / least) / Math.log(most / least) : (value - least) / (most - least);
}

export function fromNotch({ least, most, step, isLog }: Knob, notch: number): number {
  const value = isLog ? Number((least * (most / least) ** notch).toPrecision(2)) : least + notch * (most - least);
  return Number(Math.min(most, Math.max(least, Math.round(value / step) * step)).toFixed(6));
}
