/** Decimals of the payment token (the dev dollar and USDC have six). */
export const TOKEN_DECIMALS = 6;

/** Formats an amount in the token's smallest unit as dollars, exactly: `1500n` → `0.0015`. */
export function formatDollars(amount: bigint): string {
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(TOKEN_DECIMALS + 1, '0');
  const whole = digits.slice(0, -TOKEN_DECIMALS);
  const fraction = digits.slice(-TOKEN_DECIMALS).replace(/0+$/, '').padEnd(2, '0');
  return `${sign}${whole}.${fraction}`;
}
