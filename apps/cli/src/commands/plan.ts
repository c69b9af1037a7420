import { planEditions, type EditionPlan } from '@oml/fingerprint/edition/plan';
import { PROFILES, type Profile } from '@oml/fingerprint/harden/profile';
import { PLANNED_COST, usualSurvival } from '@oml/fingerprint/harden/measured-survival';
import { survivalWithin } from '@oml/fingerprint/lab/adaptive/adaptive-attack';
import { labReport } from '@oml/fingerprint/lab/lab-report';
import { OmlError } from '@oml/protocol/error';
import { readFile } from 'node:fs/promises';
import { bookReach, reachInWords, type BookReach } from '@oml/protocol/evidence/reach';
import { modelKind, type ModelKind } from '@oml/protocol/wire/model-kind';
import { Option } from 'commander';
import type { AddCommand } from '../command.ts';
import { share, whole } from '../options.ts';

interface Options {
  licensees: string;
  colluders: string;
  survival?: string;
  attacks?: string;
  cost: string;
  profile: Profile;
  kind: ModelKind;
  power: string;
  hold?: string;
  coalition: 'merged' | 'answers';
  keys: string;
  bits: string;
}

/** What rounding, pruning and fine-tuning leave. */
const CARELESS_SURVIVAL = 0.9;

export const addPlan: AddCommand = (file, run) => {
  file
    .command('plan')
    .description('tracing keys that it takes to name the source of a leak, and what common keys can catch')
    .requiredOption('--licensees <number>', 'how many there will be at most')
    .option('--colluders <number>', 'how many may join to hide', '2')
    .option(
      '--survival <share>',
      'share of keys that answer in what they release (default: what a host that adapts left of the profile, if anything)',
    )
    .option('--attacks <file>', 'the report that oml file attack wrote with --out: takes the survival from there')
    .option('--cost <share>', 'how much of the model’s quality an attacker gives up', String(PLANNED_COST))
    .addOption(
      new Option('--profile <name>', 'of the release; fast is not for hosts that may be hostile')
        .choices(PROFILES)
        .default('hardened'),
    )
    .addOption(new Option('--kind <kind>', 'of the model').choices(modelKind.options).default('language'))
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
        const { survival, adapting } = await survivalOf(options);
        if (adapting === 0) output.note(`warning: ${nothingLeft(options)}`);
        const plan = planEditions({
          licensees: whole(options.licensees, '--licensees', 1, 1_000_000),
          coalition: whole(options.colluders, '--colluders', 1, 100),
          survival,
          power: share(options.power, '--power'),
          kind: options.coalition,
          ...(options.hold === undefined ? {} : { holdChance: share(options.hold, '--hold') }),
        });
        const reach = bookReach({
          commonSize: whole(options.keys, '--keys', 1, 4096),
          bits: whole(options.bits, '--bits', 1, 6),
        });
        output.result({ ...plan, survival, reach }, () => describe(plan, reach));
      }),
    );
};

/**
 * s of a measured release, or as it was given, or what a host that adapts left of the profile; where that is nothing,
 * what carelessness leaves. Throws REQUEST_INVALID, CODE_BOOK_TOO_SMALL.
 */
async function survivalOf(options: Options): Promise<{ survival: number; adapting?: number }> {
  const { survival, attacks, cost, kind, profile } = options;
  if (attacks !== undefined && survival !== undefined)
    throw new OmlError('REQUEST_INVALID', 'Give either --survival or --attacks, which holds a survival.');
  if (survival !== undefined) return { survival: share(survival, '--survival') };
  const most = share(cost, '--cost');
  if (attacks === undefined) {
    const adapting = usualSurvival(kind, profile, most);
    return { survival: adapting || CARELESS_SURVIVAL, adapting };
  }
  const left = await measuredIn(attacks, most);
  if (left > 0) return { survival: left };
  throw new OmlError(
    'CODE_BOOK_TOO_SMALL',
    'Within this cost an attack leaves no key at all: no number of keys names a source by its answers. Trace files, whose weights still tell, or plan for hosts that do not adapt with --survival.',
  );
}

const nothingLeft = ({ profile, cost }: Options): string =>
  `a host that adapts leaves nothing of the profile ${profile} in its answers for ${100 * Number(cost)} % of quality, as far as anybody measured; this plan is for hosts that do not adapt (s = ${CARELESS_SURVIVAL}). Files still tell by their weights; oml file attack --adaptive measures a release of yours.`;

async function measuredIn(attacks: string, cost: number): Promise<number> {
  const parsed = labReport.safeParse(parseJson(await readFile(attacks, 'utf8')));
  if (!parsed.success)
    throw new OmlError(
      'REQUEST_INVALID',
      `${attacks} is no report of oml file attack. Write one with its option --out.`,
    );
  return Math.min(parsed.data.untouched, survivalWithin(parsed.data.points, cost));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

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
