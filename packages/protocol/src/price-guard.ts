import { formatDollars, TOKEN_DECIMALS } from './money.ts';

/** A price so many times another, or less than one part in so many, is a slip more often than a decision. */
const USUAL_TIMES = 10n;
const UNIT = 10n ** BigInt(TOKEN_DECIMALS);

/** A price, what it is held against, and the least that is allowed; all in the token's smallest unit. */
export interface GuardedPrice {
  price: bigint;
  /** What it is compared with, and what that is in words, such as `that it asks now`. */
  beside?: { price: bigint; is: string };
  /** Least that terms of parents name. */
  floor?: bigint;
  /** 10 unless said. */
  mostTimes?: bigint;
}

/** Why a price looks like a slip (no price, below the floor, far off, other decimals); undefined where it does not. */
export function priceFault({ price, beside, floor = 0n, mostTimes = USUAL_TIMES }: GuardedPrice): string | undefined {
  if (price <= 0n) return 'it asks nothing';
  if (price < floor)
    return `$${formatDollars(price)} is below the $${formatDollars(floor)} that models it is built on ask for`;
  if (beside === undefined || isNear(price, beside.price, mostTimes)) return undefined;
  const dearer = price > beside.price;
  const times = dearer ? price / beside.price : beside.price / price;
  const far = `$${formatDollars(price)} is ${times} times ${dearer ? '' : 'less than '}the $${formatDollars(beside.price)} ${beside.is}`;
  const meant = dearer ? price / UNIT : price * UNIT;
  if (!isNear(meant, beside.price, mostTimes)) return far;
  return `${far}: with ${TOKEN_DECIMALS} decimals less or more it would be $${formatDollars(meant)}`;
}

/** Prices of new terms; smallest unit. */
export interface TermsPrices {
  floorPrice: bigint;
  /** Of the right to build on the model, and of a period of private use; absent where nobody may. */
  derive?: { price: bigint } | undefined;
  private?: { price: bigint } | undefined;
}

/** What one use usually costs at least, how many times that is odd, and what no right costs. */
const [USUAL_PRICE, ODD_TIMES, DEAR_RIGHT] = [1_000n, 1_000n, 100_000n * UNIT];

/** Which price of new terms looks like a slip, and why; undefined where none does. Before them nothing was asked. */
export function termsPriceFault({
  floorPrice,
  derive,
  private: own,
}: TermsPrices): { price: keyof TermsPrices; why: string } | undefined {
  const beside = { price: USUAL_PRICE, is: 'that is usual' };
  const why = priceFault({ price: floorPrice, beside, mostTimes: ODD_TIMES });
  if (why) return { price: 'floorPrice', why };
  for (const [price, right] of [['derive', derive] as const, ['private', own] as const])
    if (right && right.price > DEAR_RIGHT) return { price, why: `it is $${formatDollars(right.price)}` };
  return undefined;
}

/** Nothing was asked before: anything goes. */
const isNear = (price: bigint, beside: bigint, times: bigint): boolean =>
  beside === 0n || (price > 0n && price <= beside * times && price * times >= beside);
