import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { createBudget, type BudgetPeriod } from '@oml/sdk/budget/budget';
import { fileTexts } from '@oml/sdk/file-texts';
import type { Command } from 'commander';
import { join } from 'node:path';
import type { Address } from 'viem';
import type { AddCommand, Run } from '../command.ts';
import { HostFolder, PAY_FOLDER, type FolderOptions } from '../host/folder.ts';
import { whole } from '../options.ts';
import { BUDGET_APP, dollars, limitsOf } from '../pay/purse.ts';
import { toCsv } from '../pay/csv.ts';
import { INVOICE_COLUMNS, invoiceOf, RECEIPT_COLUMNS, receiptRow } from '../pay/invoice.ts';
import { Journal, type JournalEntry } from '../pay/journal.ts';
import { PAY_ROLES } from '../pay/roles.ts';

const [BUYER] = PAY_ROLES;

interface ReceiptFlags extends FolderOptions {
  last?: string;
  csv?: boolean;
}

/** What a buyer keeps and is told: receipts, invoices, the budget. */
export const addPayRecords: AddCommand = (pay, run) => {
  addReceipts(pay, run);
  addInvoice(pay, run);
  addBudget(pay, run);
};

function addReceipts(pay: Command, run: Run): void {
  inFolder(pay.command('receipts'))
    .description('list what was bought, the newest first; with --json all that is kept of each')
    .option('--last <number>', 'how many (default: 20; with --csv all)')
    .option('--csv', 'as a table for spreadsheets (RFC 4180), amounts in dollars')
    .action(
      run(async ({ output }, flags: ReceiptFlags) => {
        const most = flags.last === undefined ? (flags.csv ? Infinity : 20) : whole(flags.last, '--last', 1, 1e6);
        const receipts = journalOf(new HostFolder(flags, PAY_FOLDER)).read(most);
        if (flags.csv) return output.document(toCsv(RECEIPT_COLUMNS, receipts.map(receiptRow)));
        output.result({ receipts }, () =>
          receipts.length === 0 ? 'Nothing was bought yet.' : receipts.map(lineOf).join('\n'),
        );
      }),
    );
}

const lineOf = ({ at, model, licenseId, amount, paymentRef }: JournalEntry): string =>
  [at, model.padEnd(20), `license ${licenseId}`, `$${formatDollars(BigInt(amount))}`, paymentRef].join('  ');

function addInvoice(pay: Command, run: Run): void {
  inFolder(pay.command('invoice'))
    .description('add up what was bought in a month of UTC, by host and model')
    .requiredOption('--month <month>', 'such as 2026-11')
    .option('--csv', 'as a table for spreadsheets (RFC 4180)')
    .action(
      run(async ({ output }, flags: FolderOptions & { month: string; csv?: boolean }) => {
        const folder = new HostFolder(flags, PAY_FOLDER);
        const invoice = invoiceOf(journalOf(folder).read(), flags.month, folder.addressOf(BUYER) ?? '');
        const { month, lines, answers, total } = invoice;
        if (flags.csv) {
          const rows = lines.map((line) => ({ ...line, month, answers: String(line.answers) }));
          return output.document(toCsv(INVOICE_COLUMNS, rows));
        }
        output.result(invoice, () =>
          [
            ...lines.map((line) =>
              [
                line.model.padEnd(20),
                `license ${line.licenseId}`,
                line.host,
                `${line.answers} answers`,
                `$${line.amount}`,
              ].join('  '),
            ),
            `${month}: ${answers} answers, $${total}`,
          ].join('\n'),
        );
      }),
    );
}

interface BudgetFlags extends FolderOptions {
  perDay?: string;
  perMonth?: string;
}

function addBudget(pay: Command, run: Run): void {
  inFolder(pay.command('budget'))
    .description('say what may be spent, what is used of it, and keep other limits')
    .option('--per-day <dollars>', 'from the next start of serve or mcp on; kept')
    .option('--per-month <dollars>', 'the same for a month of UTC; kept')
    .action(
      run(async ({ output }, flags: BudgetFlags) => {
        const folder = new HostFolder(flags, PAY_FOLDER);
        const address = addressIn(folder);
        const changes = {
          ...(flags.perDay === undefined ? {} : { PER_DAY: checked(flags.perDay, '--per-day') }),
          ...(flags.perMonth === undefined ? {} : { PER_MONTH: checked(flags.perMonth, '--per-month') }),
        };
        if (Object.keys(changes).length > 0) folder.keepSettings(changes);
        const limits = limitsOf(folder, {});
        const store = fileTexts(folder.dataDir);
        const budget = createBudget({ app: BUDGET_APP, of: address, ...limits, store }, address, async () => true);
        const { day, month } = await budget.state();
        output.result({ account: address, day, month }, () =>
          [told('today', day), told('this month', month)].join('\n'),
        );
      }),
    );
}

const told = (when: string, period: BudgetPeriod | undefined): string => {
  const { limit = 0n, used = 0n, left = 0n } = period ?? {};
  return `${when}: $${formatDollars(used)} of $${formatDollars(limit)} used, $${formatDollars(left)} left`;
};

/** The amount as it was given. Throws REQUEST_INVALID. */
function checked(text: string, option: string): string {
  dollars(text, option);
  return text;
}

function addressIn(folder: HostFolder): Address {
  const address = folder.addressOf(BUYER);
  if (address) return address;
  throw new OmlError('NOT_FOUND', `There are no keys in ${folder.path}: oml pay keys makes them.`);
}

const journalOf = (folder: HostFolder): Journal => new Journal(join(folder.dataDir, 'receipts.jsonl'));

/** Flags of whatever is done out of a buyer's folder. */
export const inFolder = (command: Command): Command =>
  command
    .option('--dir <folder>', 'keys, settings and receipts of the buyer (default: $OML_PAY_DIR or ~/.oml/pay)')
    .option('--password-file <file>', 'what opens the keys (default: $OML_PASSWORD_FILE or password in the folder)');
