import { compareMeasurements } from '@oml/measure/compare';
import { methodOf } from '@oml/measure/methods';
import { OmlError } from '@oml/protocol/error';
import { readMeasurement, type Measurement, type SignedMeasurement } from '@oml/protocol/wire/measurement';
import { readFile } from 'node:fs/promises';
import { isHex } from 'viem';
import { openChain, withChain, type ChainOptions } from '../chain/connect.ts';
import type { AddCommand } from '../command.ts';
import { withJudge } from './judge-options.ts';
import type { JudgeOptions, TargetOptions } from './open-target.ts';
import { carriedBy, standingOf } from './publish.ts';
import { runMeasure } from './run-measure.ts';
import { tellComparison } from './words.ts';

interface Options extends ChainOptions, TargetOptions, JudgeOptions {
  data: string;
  against?: string;
}

/** Measures again what a measurement says, and says how both stand to each other. */
export const addMeasureCheck: AddCommand = (noun, run) => {
  withJudge(withChain(noun.command('check'), { signs: false }))
    .description('measure again what a measurement says: equal, within its uncertainty, or not')
    .argument('<measurement>', 'its file, or the transaction that carries it')
    .argument('<target>', 'what was measured')
    .requiredOption('--data <path>', 'what it was measured with')
    .option('--against <model>', 'the second model, where it compared two')
    .option('--model <name>', 'the model name that an endpoint wants')
    .option('--api-key-file <file>', 'a file with the endpoint’s API key')
    .addHelpText(
      'after',
      '\nIt ends with 0 where it is equal or within, 1 where it is not, 75 where it cannot be told now.',
    )
    .action(
      run(async (context, which: string, target: string, options: Options) => {
        const { measurement, signed, standing } = await find(which, options);
        const method = methodOf(measurement);
        const { against: _, ...settings } = measurement.settings;
        const release = measurement.target === 'endpoint' ? { release: measurement.release } : {};
        const asked = { ...options, ...release, target, settings, command: measurement.command };
        const { measurement: again } = await runMeasure(method, asked, context);
        mustBeOfTheSame(measurement, again);
        const comparison = compareMeasurements(measurement, again);
        if (comparison.verdict === 'outside') context.setFailed();
        const who = standing ?? (signed ? { by: signed.by, isChecked: false } : {});
        context.output.result({ ...comparison, ...who }, () =>
          [tellComparison(comparison), whoText(signed, standing)].join('\n'),
        );
      }),
    );
};

type Standing = Awaited<ReturnType<typeof standingOf>>;

/** A measurement by its file or transaction; of a signed one its signature is checked where the chain is known. */
async function find(
  which: string,
  options: Options,
): Promise<{ measurement: Measurement; signed: SignedMeasurement | undefined; standing: Standing | undefined }> {
  const isTransaction = isHex(which) && which.length === 66;
  const knowsChain = (options.rpc ?? process.env['RPC_URL']) && (options.deployment ?? process.env['OML_DEPLOYMENT']);
  const chain = isTransaction || knowsChain ? await openChain(options) : undefined;
  const signed = isTransaction ? await carriedBy(chain!, which) : readMeasurement(await readFile(which, 'utf8')).signed;
  const measurement = signed?.measurement ?? readMeasurement(await readFile(which, 'utf8')).measurement;
  return { measurement, signed, standing: chain && signed && (await standingOf(chain, signed)) };
}

/** Throws CONFLICT where other weights or data were measured: figures of those say nothing. */
function mustBeOfTheSame(said: Measurement, again: Measurement): void {
  const differ = [
    ...(said.release === again.release ? [] : [`the weights are ${again.release}, not ${said.release}`]),
    ...(said.data.digest === again.data.digest ? [] : [`the data are ${again.data.digest}, not ${said.data.digest}`]),
    ...(said.settings['against'] === again.settings['against'] ? [] : ['the second model is another one']),
  ];
  if (differ.length > 0)
    throw new OmlError(
      'CONFLICT',
      `Something else was measured: ${differ.join('; ')}. Bring what the measurement names.`,
    );
}

function whoText(signed: SignedMeasurement | undefined, standing: Standing | undefined): string {
  if (!signed) return 'nobody signed it';
  if (!standing) return `it says that ${signed.by} signed it; --rpc and --deployment check that`;
  const { by, anchoredAt } = standing;
  const when = anchoredAt === 0 ? 'it is not anchored' : `anchored at ${new Date(anchoredAt * 1000).toISOString()}`;
  return `signed by ${by}, ${when}`;
}
