import type { Profile } from '../../ignition/modules/values.ts';
import type { Figure } from './figure.ts';
import { shareOf, type Measured } from './measured.ts';
import { profitPlot } from './plot.ts';
import { bestUnpaid, owedShares, WEEK } from './sweep.ts';

export type Told = Readonly<Record<Profile, { readonly measured: Measured; readonly figures: readonly Figure[] }>>;

const DOLLAR = 1e6;
/** What each attack is, and how it ended on the chain. */
const ATTACKS: readonly (readonly [attack: string, says: string])[] = [
  ['unpaid', 'A host serves under its license and books nothing. One receipt is enough: the slash.'],
  ['tardy', 'A host books only what is contested. Every contested use costs a hundred of its price.'],
  [
    'disguised',
    "A host serves M under a license on another model, of its own if need be. Terms of that model may ask for no bond; what stands behind it is the deployment's least bond, below which clients refuse to pay, whatever M's terms ask.",
  ],
  ['rotating', 'The same over many licenses, so that hits count less. Only if clients let one endpoint name several.'],
  ['selfBaiting', 'A host has itself slashed by a friend, so that strangers of that week find its pot empty.'],
  [
    'trap',
    "An owner plants another of its models' keys in the editions that it licenses, and has its own honest host claimed. The court sees what it sees of a disguised host. The host may blame the edition: upheld, its title bond pays as far as it covers the license, and the host the rest. The committee that rules on blame is not played; the figure is of a host without title cover.",
  ],
  [
    'framing',
    'A verifier accuses a host that pays: of a booked use, which costs it anchor, commitment and a reveal that reverts (not counted); or of what an outage kept the host from booking.',
  ],
  ['inspection', 'No attack: what an honest inspector needs. Below these bonds nobody looks unasked.'],
  ['farming', 'A verifier draws batches until luck finds a clean host guilty; an owner pays its pool to its friend.'],
  [
    'packing',
    'Somebody enrols so many tickets that two thirds of a committee are its own. Only staking and enrolling are played; the draw is reckoned, and what a verdict moves stands in `LeakCourt`.',
  ],
];

export function writtenPage(told: Told, ether: number): string {
  const { l2, mainnet } = told;
  return [
    '# Economics, played and reckoned',
    '',
    'Written by `npm run simulate -w contracts -- --write`. Each attack is played on a Hardhat network through the whole',
    "deployment with the rates of a profile; durations are the dev chain's, which change no amount. What was measured there, in",
    `tokens and gas, is then swept over bond, price and contest rate. Gas: 0.01 gwei (L2), 10 gwei (mainnet), an ether $${ether.toLocaleString('en-US')};`,
    `a host that serves ${WEEK.uses.toLocaleString('en-US')} uses a week, of which its owner takes ${100 * WEEK.ownerShare} % after fee and pool; slash ${l2.measured.slashBps / 100} % (L2), ${mainnet.measured.slashBps / 100} % (mainnet).`,
    'The profit of not paying is convex in the share that stays unpaid: its best response is all or nothing.',
    '',
    '![What not paying brings, over the contest rate](economics-profit.svg)',
    '',
    '## Played',
    '',
    table(
      ['play', 'profile', 'host', 'claimant', 'owner', 'burned', "host's gas", "others' gas"],
      [l2, mainnet].flatMap(({ measured }) => played(measured)),
    ),
    '',
    ...ATTACKS.flatMap(([attack, says]) => [`## ${heading(attack)}`, '', says, '', ofAttack(told, attack), '']),
    '## What still pays',
    '',
    ...stillPays(told).map((line) => `- ${line}`),
    '',
  ].join('\n');
}

/** The host's profit over the contest rate, at the rates of layer 2. */
export function writtenPlot({ l2: { measured } }: Told): string {
  const [, price] = WEEK.prices;
  const gain = WEEK.uses * price * owedShares(measured).all;
  const share = shareOf(measured.unpaid.host, measured.bond);
  const curves = [20, 50, 80, 110, 200].map((bond) => ({
    name: `bond $${bond}`,
    at: (contested: number) => bestUnpaid(gain, share * bond, contested),
  }));
  return profitPlot(
    'What not paying brings a host in a week',
    `its best response; $${price} a use, ${WEEK.uses.toLocaleString('en-US')} uses, slash ${measured.slashBps / 100} %`,
    curves,
  );
}

function stillPays({ l2, mainnet }: Told): string[] {
  const of = (attack: string, name: string) => [l2, mainnet].map(({ figures }) => valueOf(figures, attack, name));
  const both = (attack: string, name: string, unit = '$') =>
    of(attack, name)
      .map((value, i) => `${shown(value, unit)} (${i === 0 ? 'L2' : 'mainnet'})`)
      .join(', ');
  return [
    `**Planted fingerprints**, from a bond of ${both('trap', 'paysFromBond')} on: the title bond pays only after an upheld blame and as far as it covers the license, the host the rest. The terms warn.`,
    `**Disguise of a small share**: below α·s = ${valueOf(l2.figures, 'disguised', 'leastReach')} a batch of 256 keys finds nothing, and only the deployment's least bond is at stake, whatever the terms ask. The terms and the code book's reach warn.`,
    `**No inspector**: at a bond below ${both('inspection', 'leastBond')} nobody looks unasked; a pool that pays its cap lowers it to ${both('inspection', 'leastBondWithPool')}. The terms warn.`,
    `**Tardiness by gas**: where every use is a payment of its own, booking costs gas; not to book pays as long as less than ${both('tardy', 'leastContestExact', '%')} of the uses are contested. Channels, collected daily, spread it.`,
    `**Waiting for outages** brings a claimant ${both('framing', 'profitInOutage')} a claim where a claim's cost is set above its gas.`,
    `**An owner's own pool**: ${both('farming', 'ownPool')} a batch come back to an owner that pays a friend; it takes from nobody else.`,
    `**Packing** a small list: against 20 honest tickets it costs ${both('packing', 'cost')}, and brings at most ${both('packing', 'most')}, unless the accused appeals.`,
  ];
}

function played(m: Measured): string[][] {
  const { profile } = m;
  const outcomes = {
    unpaid: m.unpaid,
    tardy: m.tardy,
    'framing, booked use': m.framing,
    'disguised, or planted': m.disguised.outcome,
    'rotating over four': m.rotating.outcome,
    'batch opened': m.inspection.opened,
    'batch paid by the pool': m.inspection.paid,
    '35 tickets enrolled': m.tickets,
  };
  return Object.entries(outcomes).map(([name, { host, claimant, owner, burned, hostGas, claimGas }]) => [
    name,
    profile,
    ...[host, claimant, owner, burned].map((amount) => shown(Number(amount) / DOLLAR, '$')),
    ...[hostGas, claimGas].map((gas) => gas.toLocaleString('en-US')),
  ]);
}

function ofAttack({ l2, mainnet }: Told, attack: string): string {
  const rows = l2.figures
    .filter((figure) => figure.attack === attack)
    .map(({ name, unit, says, value }) => [
      `\`${name}\``,
      shown(value, unit),
      shown(valueOf(mainnet.figures, attack, name), unit),
      unit,
      says,
    ]);
  return table(['figure', 'L2', 'mainnet', 'unit', 'what it says'], rows);
}

function valueOf(figures: readonly Figure[], attack: string, name: string): number {
  return figures.find((figure) => figure.attack === attack && figure.name === name)!.value;
}

function shown(value: number, unit: string): string {
  if (!Number.isFinite(value)) return 'never';
  const text =
    Math.abs(value) >= 1e9 ? value.toExponential(1) : value.toLocaleString('en-US', { maximumFractionDigits: 4 });
  if (unit.startsWith('$')) return text.startsWith('-') ? `−$${text.slice(1)}` : `$${text}`;
  return unit.startsWith('%') ? `${text} %` : text;
}

const heading = (attack: string): string =>
  attack[0]!.toUpperCase() + attack.slice(1).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
