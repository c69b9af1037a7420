const DECIMALS = 6;

/**
 * An amount in the token's smallest unit (six decimals) as exact, grouped dollars: `1234500000n` is `$1,234.50`,
 * `1500n` is `$0.0015`.
 */
export function dollars(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(DECIMALS + 1, '0');
  const whole = digits.slice(0, -DECIMALS).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '').padEnd(2, '0');
  return `${amount < 0n ? '−' : ''}$${whole}.${fraction}`;
}

/**
 * Reads dollars typed by a person, to the token's smallest unit; undefined unless it is a plain number with at most six
 * decimals.
 */
export function parseDollars(text: string): bigint | undefined {
  const match = /^\$?\s*(\d{1,15}(?:,\d{3})*|\d{1,15})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, whole = '0', fraction = ''] = match;
  return BigInt(whole.replaceAll(',', '') + fraction.padEnd(DECIMALS, '0'));
}
