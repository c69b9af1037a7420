import { formatDollars, TOKEN_DECIMALS } from '@oml/protocol/money';

/**
 * An amount in the token's smallest unit (six decimals) as exact, grouped dollars: `1234500000n` is `$1,234.50`,
 * `1500n` is `$0.0015`.
 */
export function dollars(amount: bigint): string {
  const [whole = '', fraction = ''] = formatDollars(amount < 0n ? -amount : amount).split('.');
  return `${amount < 0n ? '−' : ''}$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction}`;
}

/**
 * Reads dollars typed by a person, to the token's smallest unit; undefined unless it is a plain number with at most six
 * decimals.
 */
export function parseDollars(text: string): bigint | undefined {
  const match = /^\$?\s*(\d{1,15}(?:,\d{3})*|\d{1,15})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, whole = '0', fraction = ''] = match;
  return BigInt(whole.replaceAll(',', '') + fraction.padEnd(TOKEN_DECIMALS, '0'));
}
