import { planEditions, type EditionPlan } from '@oml/fingerprint/edition/plan';
import { bookReach, reachInWords, type BookReach } from '@oml/protocol/evidence/reach';
import { Option } from 'commander';
import type { AddCommand } from '../command.ts';
import { share, whole } from '../options.ts';

interface Options {
  licensees: string;
  colluders: string;
  survival: string;
  power: string;
  hold?: string;
  coalition: 'merged' | 'answers';
  keys: string;
  bits: string;
}

export const addPlan: AddCommand = (file, run) => {
  file
    .command('plan')
    .description('tracing keys that it takes to name the source of a leak, and what common keys can catch')
    .requiredOption('--licensees <number>', 'how many there will be at most')
    .option('--colluders <number>', 'how many may join to hide', '2')
    .option('--survival <share>', 'share of keys that answer in what they release; oml file attack measures it', '0.9')
    .option('--power <share>', 'chance to name at least one of them, below 1', '0.99')
    .option('--hold <share>', 'chance of a key to be in an edition (default: what needs fewest keys per edition)')
    .addOption(
      new Option(
        '--coalition <kind>',
        'merged: one file made of several; answers: also a host that runs them all and chooses',
      )
        .choices(['merged', 'answers'])
        .default('merged'),
    )
    .option('--keys <number>', 'common keys', '64')
    .option('--bits <number>', '2^bits candidate answers per key, 1 to 6', '6')
    .action(
      run(async ({ output }, options: Options) => {
        const plan = planEditions({
          licensees: whole(options.licensees, '--licensees', 1, 1_000_000),
          coalition: whole(options.colluders, '--colluders', 1, 100),
          survival: share(options.survival, '--survival'),
          power: share(options.power, '--power'),
          kind: options.coalition,
          ...(options.hold === undefined ? {} : { holdChance: share(options.hold, '--hold') }),
        });
        const reach = bookReach({
          commonSize: whole(options.keys, '--keys', 1, 4096),
          bits: whole(options.bits, '--bits', 1, 6),
        });
        output.result({ ...plan, reach }, () => describe(plan, reach));
      }),
    );
};

function describe(
  { keys, holdChance, keysPerHost, power, worstStrategy, innocentChance }: EditionPlan,
  reach: BookReach,
): string {
  return [
    reachInWords(reach),
    `${keys} tracing keys, each in an edition with chance ${holdChance}: ${keysPerHost} per edition`,
    `at least one colluder is named with chance ${power.toFixed(4)} (hardest: ${worstStrategy})`,
    `any innocent is accused with chance ${innocentChance} at most`,
    `next: oml file fingerprint MODEL --tracing ${keys} --hold ${holdChance} …`,
  ].join('\n');
}
