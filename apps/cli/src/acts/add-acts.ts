import { Command } from 'commander';
import { withChain } from '../chain/connect.ts';
import type { CommandContext, Run } from '../command.ts';
import type { Act, Arg, Flags } from './act.ts';
import { runAct, type ActFlags } from './run-act.ts';

/** Adds acts to a noun: each takes --dry-run, a key, and says whose it must be. */
export function addActs(noun: Command, acts: readonly Act[], run: Run): void {
  for (const act of acts) {
    const [first, second] = act.verb.split(' ') as [string, string | undefined];
    const parent = second === undefined ? noun : partOf(noun, first);
    const command = withChain(parent.command(second ?? first), { signs: true }).description(act.does);
    withFrom(withDryRun(command));
    for (const arg of act.takes) command.argument(usageOf(arg), arg.help);
    act.flags?.(command);
    command.addHelpText(
      'after',
      `\nWho may: ${act.who}.${act.next ? `\nNext: ${act.next}.` : ''}${act.help ? `\n${act.help}` : ''}`,
    );
    command.action(
      run((context: CommandContext, ...args: never[]) => {
        const flags = args.at(-1) as unknown as ActFlags & Flags;
        return runAct(noun.name(), act, context, args.slice(0, -1), flags);
      }),
    );
  }
}

/** Of whatever sends transactions. */
export const withDryRun = (command: Command): Command =>
  command.option('--dry-run', 'send nothing: what it would cost and do, and what you hold');

/** Of whatever any key may sign. */
export const withFrom = (command: Command): Command =>
  command.option('--from <address>', 'with --dry-run: for whom, without a key');

/** `bond` of `oml license bond post`. */
function partOf(noun: Command, name: string): Command {
  const known = noun.commands.find((command) => command.name() === name);
  return known ?? noun.command(name).description(`${name}s of a ${noun.name()}`);
}

const usageOf = ({ name, isOptional, isMany }: Arg): string => {
  const inner = `${name}${isMany ? '...' : ''}`;
  return isOptional ? `[${inner}]` : `<${inner}>`;
};
