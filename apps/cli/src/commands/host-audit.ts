import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { readFile } from 'node:fs/promises';
import { openChain, openSigner, withChain, type ChainOptions } from '../chain/connect.ts';
import type { AddCommand } from '../command.ts';
import { auditHost, rehearseAudit, type AuditOrder, type HostAudit } from '../host/audit/audit.ts';
import { number, whole } from '../options.ts';
import { dollars } from '../pay/purse.ts';

interface Flags extends ChainOptions {
  calls: string;
  asks?: string;
  maxPrice: string;
  wait: string;
  release?: string;
  keys: string;
  dryRun?: boolean;
}

const [MOST_CALLS, MOST_KEYS, MOST_WAIT_S] = [64, 256, 604_800];
const MARKS = new Map([
  [true, 'ok'],
  [false, 'NO'],
  [null, '?'],
]);

/** What anybody may see of a host, without a stake. */
export const addHostAudit: AddCommand = (host, run) => {
  withChain(host.command('audit'), { signs: true })
    .description('audit anybody’s endpoint as a buyer, without a stake: price, signatures, bookings, its model')
    .argument('<license>', 'its number')
    .option('--calls <number>', 'answers to buy', '2')
    .option('--asks <file>', 'what to ask, a prompt or a body as JSON a line (classifiers need it)')
    .option('--max-price <dollars>', 'pay no more for one answer', '0.05')
    .option('--wait <seconds>', 'how long to wait for its bookings', '30')
    .option('--release <folder>', 'your own release: also ask keys of it, which are spent then (oml file fingerprint)')
    .option('--keys <number>', 'with --release: keys to ask at most', '16')
    .option('--dry-run', 'look at what costs nothing, and say what the rest would cost')
    .addHelpText(
      'after',
      '\nThe key signs single payments and needs dollars, no gas. A host may know it again: take one that nobody knows.' +
        '\nIt ends with 1 where something does not hold. --json keeps the receipts, for oml evidence check and for claims.',
    )
    .action(
      run(async ({ output, signal, setFailed }, license: string, flags: Flags) => {
        const order = await orderOf(license, flags);
        const audit = flags.dryRun
          ? await rehearseAudit(await openChain(flags), order)
          : await auditAs(flags, order, signal);
        if (audit.checks.some(({ holds }) => holds === false)) setFailed();
        output.result({ ...audit, dryRun: flags.dryRun === true }, () => linesOf(audit, flags).join('\n'));
      }),
    );
};

async function auditAs(flags: Flags, order: AuditOrder, signal: AbortSignal): Promise<HostAudit> {
  const { chain } = await openSigner(flags);
  return auditHost(chain, chain.account!, order, signal);
}

async function orderOf(license: string, flags: Flags): Promise<AuditOrder> {
  const { calls, asks, maxPrice, wait, release, keys } = flags;
  return {
    licenseId: number(license, 'A license'),
    asks: asks === undefined ? undefined : await readAsks(asks),
    calls: whole(calls, '--calls', 0, MOST_CALLS),
    maxPrice: dollars(maxPrice, '--max-price'),
    waitSeconds: whole(wait, '--wait', 0, MOST_WAIT_S),
    ...(release === undefined ? {} : { release: { folder: release, keys: whole(keys, '--keys', 1, MOST_KEYS) } }),
  };
}

/** A line is a prompt, or a body as JSON. Throws REQUEST_INVALID. */
async function readAsks(file: string): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new OmlError('REQUEST_INVALID', `${file} asks nothing: a prompt or a body a line.`);
  return lines.map((line) => {
    if (!line.trimStart().startsWith('{')) return { prompt: line.trim(), max_tokens: 24 };
    try {
      return JSON.parse(line) as Record<string, unknown>;
    } catch (cause) {
      throw new OmlError('REQUEST_INVALID', `${file}: "${line.slice(0, 40)}…" is no JSON.`, { cause });
    }
  });
}

function linesOf({ licenseId, modelId, account, checks, cost, next }: HostAudit, { dryRun }: Flags): string[] {
  return [
    `License ${licenseId} of ${account} on model ${modelId}`,
    ...checks.map(({ check, holds, says }) => `${MARKS.get(holds)!.padEnd(3)} ${check.padEnd(8)} ${says}`),
    dryRun ? `The rest would cost $${formatDollars(cost)} at most.` : `Bought for $${formatDollars(cost)}.`,
    ...next.map((each) => `Next: ${each}`),
  ];
}
