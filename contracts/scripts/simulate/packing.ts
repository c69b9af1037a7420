import { LIVE_RULES } from '../../ignition/modules/values.ts';
import { ENROLLED, type Measured } from './measured.ts';
import { figure, type Figure } from './figure.ts';

/** Tickets of honest jurors that the packer finds enrolled; and what locked money costs a year, for three weeks. */
const HONEST = 20;
const CAPITAL = (0.05 * 21) / 365;
const DOLLAR = 1e6;

/**
 * Juror packing: no stake is lost by voting wrong, so it costs gas and three weeks of locked money, and moves what a
 * verdict moves unless somebody appeals. The committee is not played, only the tickets are.
 */
export function packing(m: Measured, cost: (gas: number) => number): Figure[] {
  const tickets = ticketsNeeded(HONEST);
  const stake = tickets * (Number(m.rates.minStake) / DOLLAR);
  const spent = cost((m.tickets.claimGas / ENROLLED) * tickets) + stake * CAPITAL;
  // Every other time both shares are the packer's, each up to the cap.
  const cap = Number(m.rates.costCap) / DOLLAR;
  return [
    figure(
      'packing',
      'tickets',
      tickets,
      'tickets',
      `for an even chance of two thirds of the seats, against ${HONEST} honest ones`,
    ),
    figure('packing', 'stake', stake, '$', 'locked for them'),
    figure('packing', 'cost', spent, '$', 'gas and three weeks at 5 % a year: the stake comes back'),
    figure(
      'packing',
      'leastLeakBond',
      spent > cap ? Infinity : spent / COST_SHARE,
      '$',
      'from which on it pays unless somebody appeals',
    ),
    figure('packing', 'most', 2 * cap, '$', 'that a verdict can bring reporter and owner together'),
  ];
}

/** Of the leak bond, for each of reporter and owner (LeakCourt). */
const COST_SHARE = 0.2;

/** Fewest tickets of one's own that take two thirds of the seats as often as not, drawn among those and `honest`. */
export function ticketsNeeded(honest: number): number {
  let own = 1;
  while (chanceOfVerdict(own, honest) < 0.5) own++;
  return own;
}

/** Hypergeometric: the seats are drawn without putting tickets back. */
function chanceOfVerdict(own: number, honest: number): number {
  const seats = LIVE_RULES.committeeSize;
  const needed = Math.ceil((2 * seats) / 3);
  let chance = 0;
  for (let taken = needed; taken <= seats; taken++) chance += choose(own, taken) * choose(honest, seats - taken);
  return chance / choose(own + honest, seats);
}

function choose(n: number, k: number): number {
  let ways = k > n ? 0 : 1;
  for (let i = 0; i < k && ways > 0; i++) ways *= (n - i) / (i + 1);
  return ways;
}
