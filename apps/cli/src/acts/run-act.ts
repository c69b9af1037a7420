import { devDollarAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import type { Chain } from '@oml/service/chain';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatEther } from 'viem';
import { openChain, openSigner, type ChainOptions } from '../chain/connect.ts';
import type { CommandContext } from '../command.ts';
import type { Act, Flags, View } from './act.ts';
import { addressFrom } from './args.ts';
import { callsOf, type Call, type Outcome } from './calls.ts';
import { effectLine, effectsOf, movedLine } from './effects.ts';
import { rehearse } from './rehearse.ts';

export interface ActFlags extends ChainOptions {
  dryRun?: boolean;
  from?: string;
}

const POLL_MS = 500;

/** Does what an act is about, or with --dry-run tells what it would do, and reports it. */
export async function runAct(
  noun: string,
  { verb, takes, steps, next, idle }: Act,
  context: CommandContext,
  words: readonly unknown[],
  flags: ActFlags & Flags,
): Promise<void> {
  const view = await viewOf(flags);
  const said: unknown[] = [];
  for (const [i, arg] of takes.entries()) said.push(await arg.read(words[i] as never, view));
  const calls = await callsOf(await steps(said as unknown[], view, flags, context), view);
  const outcomes = flags.dryRun ? await rehearse(calls, view) : await perform(calls, view, context);
  const report = await reportOf(calls, outcomes, view, flags.dryRun === true);
  const command = `oml ${noun} ${verb}`;
  if (report.refused) context.setFailed();
  context.output.result({ command, ...report, next: next ?? null }, () =>
    calls.length === 0 ? (idle ?? 'There is nothing to do.') : linesOf(report, next).join('\n'),
  );
}

/** To rehearse, an address is enough. */
export async function viewOf(flags: ActFlags): Promise<View> {
  if (flags.from === undefined) return openSigner(flags);
  if (!flags.dryRun)
    throw new OmlError('REQUEST_INVALID', '--from goes with --dry-run: what is sent is signed by a key.');
  return { chain: await openChain(flags), me: addressFrom(flags.from) };
}

/** Sends calls one after another, each once the one before is in a block. Throws what `send` does, and ABORTED. */
async function perform(
  calls: readonly Call[],
  { chain }: View,
  { output, signal }: CommandContext,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const call of calls) {
    if (signal.aborted) throw new OmlError('ABORTED', `Stopped before ${call.functionName}.`);
    if (call.isLater) await nextBlock(chain, signal);
    output.progress(call.functionName, outcomes.length / calls.length);
    const { address, abi, functionName, value } = call;
    const args = call.argsThen ? await call.argsThen() : call.args;
    const sent = await chain.send({ address, abi, functionName, args, ...(value > 0n ? { value } : {}) });
    outcomes.push({ call, gasUsed: sent.gasUsed, logs: sent.logs, tx: sent.transactionHash });
  }
  return outcomes;
}

async function nextBlock({ publicClient }: Chain, signal: AbortSignal): Promise<void> {
  const now = await publicClient.getBlockNumber();
  while ((await publicClient.getBlockNumber()) <= now) {
    if (signal.aborted) throw new OmlError('ABORTED', 'Stopped while waiting for a block.');
    await sleep(POLL_MS);
  }
}

type Report = Awaited<ReturnType<typeof reportOf>>;

/** What was done or would be: amounts in the token's smallest unit, costs in wei. */
export async function reportOf(calls: readonly Call[], outcomes: readonly Outcome[], view: View, isDryRun: boolean) {
  const { publicClient, deployment } = view.chain;
  const [gasPrice, eth, dollars] = await Promise.all([
    publicClient.getGasPrice(),
    publicClient.getBalance({ address: view.me }),
    publicClient.readContract({
      address: deployment.contracts.token,
      abi: devDollarAbi,
      functionName: 'balanceOf',
      args: [view.me],
    }),
  ]);
  const gas = outcomes.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
  const fees = calls.reduce((sum, { value }) => sum + value, 0n);
  const steps = outcomes.map(({ call, gasUsed, logs, tx, why }) => ({
    contract: call.contract,
    address: call.address,
    function: call.functionName,
    args: call.args,
    gas: gasUsed,
    ...(tx ? { tx } : {}),
    ...(why ? { refused: why } : {}),
    ...effectsOf(logs, view),
  }));
  const refused = steps.find((step) => step.refused)?.refused;
  return {
    dryRun: isDryRun,
    from: view.me,
    steps,
    notRehearsed: calls.slice(outcomes.length).map(({ functionName }) => functionName),
    moved: steps.reduce((sum, { moved }) => sum + moved, 0n),
    gas,
    costWei: gas * gasPrice + fees,
    holds: { wei: eth, token: dollars },
    ...(refused ? { refused } : {}),
  };
}

/** The same for people. */
export function linesOf(report: Report, next: string | undefined): string[] {
  const { dryRun, from, steps, notRehearsed, moved, costWei, holds, refused } = report;
  const cost = `${dryRun ? 'would cost' : 'cost'} about ${formatEther(costWei)} ETH`;
  const money = movedLine(moved);
  return [
    ...steps.flatMap((step) => [
      `${step.contract}.${step.function}${step.tx ? `  ${step.tx}` : ''}${step.refused ? `  refused: ${step.refused}` : ''}`,
      ...step.effects.map((effect) => `  ${effectLine(effect)}`),
    ]),
    ...notRehearsed.map((name) => `${name}: not rehearsed, this node simulates one call at a time`),
    `${cost}${money ? `; ${money}` : ''}`,
    ...(dryRun
      ? [`${from} holds ${formatEther(holds.wei)} ETH and $${formatDollars(holds.token)}; nothing was sent`]
      : []),
    ...(next && !refused ? [`next: ${next}`] : []),
  ];
}
