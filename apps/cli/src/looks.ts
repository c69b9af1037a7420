import { withChain, openChain, type ChainOptions } from './chain/connect.ts';
import type { Command } from 'commander';
import type { Chain } from '@oml/service/chain';
import type { Run } from './command.ts';

/** Something that is read on chain and shown, to people line by line. */
export interface Look {
  verb: string;
  does: string;
  /** Of its one argument; none where it takes none. */
  argument?: [usage: string, help: string];
  read(chain: Chain, said: string | undefined): Promise<object>;
  tell?(value: never): string;
}

/** Adds looks to a noun. */
export function addLooks(noun: Command, looks: readonly Look[], run: Run): void {
  for (const { verb, does, argument, read, tell } of looks) {
    const command = withChain(noun.command(verb), { signs: false }).description(does);
    if (argument) command.argument(...argument);
    command.action(
      run(async ({ output }, ...args: never[]) => {
        const options = args.at(-1) as unknown as ChainOptions;
        const said = argument ? (args[0] as unknown as string | undefined) : undefined;
        const value = await read(await openChain(options), said);
        output.result(value, () => (tell ? tell(value as never) : plainLines(value)));
      }),
    );
  }
}

/** A record as lines, what is in it indented; empty lists and what is not there are left out. */
export function plainLines(value: object, indent = ''): string {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined && each !== null);
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries
    .flatMap(([name, each]) => {
      if (typeof each !== 'object') return [`${indent}${name.padEnd(width)}  ${String(each)}`];
      if (Array.isArray(each) && each.length === 0) return [];
      if (Array.isArray(each) && each.every((item) => typeof item !== 'object'))
        return [`${indent}${name.padEnd(width)}  ${each.join(', ')}`];
      return [`${indent}${name}`, plainLines(each as object, `${indent}  `)];
    })
    .join('\n');
}
