import { describe, expect, it } from 'vitest';
import { toCsv } from './csv.ts';
import { invoiceOf, receiptRow } from './invoice.ts';
import type { JournalEntry } from './journal.ts';

const entry = (changes: Partial<JournalEntry>): JournalEntry => ({
  at: '2026-11-30T23:59:59.000Z',
  model: 'fable',
  modelId: '1',
  licenseId: '2',
  account: '0xAb',
  amount: '1500',
  paymentRef: '0x01',
  receipt: { receipt: { queryHash: '0x02', responseHash: '0x03' } },
  header: 'secret',
  ...changes,
});

describe('a table for spreadsheets', () => {
  it('quotes what RFC 4180 says, and ends every line with CRLF', () => {
    const rows: Record<string, string>[] = [{ a: 'one, two', b: 'say "hi"' }, { a: 'two\nlines' }];
    expect(toCsv(['a', 'b'], rows)).toBe('a,b\r\n"one, two","say ""hi"""\r\n"two\nlines",\r\n');
  });

  it('holds no formula, whatever a stranger calls its model', () => {
    const cell = (model: string) => toCsv(['model'], [{ model }]).split('\r\n')[1];
    for (const formula of ['=1+1', '+1+1', '-2+3', '@SUM(A1)', '\tx', '=HYPERLINK("http://evil.example","x")'])
      expect(cell(formula)).toMatch(/^"?'/);
    expect(cell('-1.50')).toBe('-1.50');
    expect(cell('fable-mini')).toBe('fable-mini');
  });

  it('shows of a receipt what was paid, and no secret', () => {
    const row = receiptRow(entry({ nonceSalt: '0x99' }));
    expect(row).toMatchObject({ amount: '0.0015', queryHash: '0x02', host: '0xAb' });
    expect(Object.values(row)).not.toContain('secret');
    expect(Object.values(row)).not.toContain('0x99');
  });
});

describe('an invoice', () => {
  const entries = [
    entry({}),
    entry({ amount: '900719925474099300000' }),
    entry({ licenseId: '3', amount: '1' }),
    entry({ at: '2026-12-01T00:00:00.000Z' }),
  ];

  it('adds up a month of UTC by host and model, to the last unit', () => {
    expect(invoiceOf(entries, '2026-11', '0xBuyer')).toMatchObject({
      answers: 3,
      lines: [
        { licenseId: '2', answers: 2, amount: '900719925474099.3015' },
        { licenseId: '3', answers: 1, amount: '0.000001' },
      ],
      total: '900719925474099.301501',
    });
    expect(invoiceOf(entries, '2026-10', '0xBuyer')).toMatchObject({ lines: [], total: '0.00' });
  });

  it('is of a month, and of nothing else', () => {
    for (const month of ['2026-13', '2026', '2026-11-30'])
      expect(() => invoiceOf(entries, month, '')).toThrow(/--month/);
  });
});
