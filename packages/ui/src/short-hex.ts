/** First 6 and last 4 characters of an address or hash; shorter texts stay whole. */
export function shortHex(value: string): string {
  return value.length <= 12 ? value : `${value.slice(0, 6)}…${value.slice(-4)}`;
}
