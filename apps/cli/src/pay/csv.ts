/** Spreadsheets take such a beginning for a formula, and run it (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r]/;
/** An amount of ours: no formula, even below zero. */
const NUMBER = /^-?\d+(\.\d+)?$/;

/** Rows under a header as CSV (RFC 4180): lines end with CRLF, and no cell is a formula. */
export function toCsv(columns: readonly string[], rows: readonly Record<string, string>[]): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))];
  return lines.map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
