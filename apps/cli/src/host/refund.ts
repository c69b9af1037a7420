import { formatDollars } from '@oml/protocol/money';
import { address, bytes32, uint } from '@oml/protocol/wire/scalars';
import { z } from 'zod';
import type { CommandContext } from '../command.ts';
import { roleOf, type HostFolder } from './folder.ts';
import { failureOf, runProgram } from './programs.ts';
import type { Settings } from './settings.ts';

const paidSchema = z.object({ paymentRef: bytes32, client: address, amount: uint, tx: bytes32.nullable() });

/** Has the gateway's own program pay a single payment back whose answer failed. Throws what that says. */
export async function payBack(
  { output, signal }: CommandContext,
  folder: HostFolder,
  { settings, payment }: { settings: Settings; payment: string },
): Promise<void> {
  const said: string[] = [];
  const env = { ...settings, GAS_KEY: await folder.secretOf(roleOf('gas')) };
  output.progress('paying back', 0);
  const onLine = (line: string) => void said.push(line);
  const { code, out } = await runProgram('refund', [payment, '--json'], env, { signal, onLine });
  if (code !== 0) throw failureOf(said, code);
  const paid = paidSchema.parse(JSON.parse(out));
  output.result(
    { ...paid, amount: String(paid.amount) },
    () => `$${formatDollars(paid.amount)} to ${paid.client}: ${paid.tx ?? 'paid back before'}`,
  );
}
