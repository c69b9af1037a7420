import type { Settings } from '@oml/measure/method';
import { METHODS, type AnyMethod } from '@oml/measure/methods';
import { plotsPage } from '@oml/measure/plot/plots-svg';
import { OmlError } from '@oml/protocol/error';
import type { SignedMeasurement } from '@oml/protocol/wire/measurement';
import type { Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { openSigner, withChain, type ChainOptions } from '../chain/connect.ts';
import type { AddCommand, CommandContext } from '../command.ts';
import { addMeasureCheck } from '../measure/check.ts';
import { addMeasureExport } from '../measure/export.ts';
import { withJudge } from '../measure/judge-options.ts';
import type { JudgeOptions, TargetOptions } from '../measure/open-target.ts';
import { publish, signAs } from '../measure/publish.ts';
import { runMeasure } from '../measure/run-measure.ts';
import { tellMeasurement } from '../measure/words.ts';

interface Options extends ChainOptions, TargetOptions, JudgeOptions {
  data: string;
  against?: string;
  set?: string[];
  out?: string;
  svg?: string;
  product?: string;
  sign?: boolean;
  publish?: boolean;
}

/** One command a method. */
export const MEASURE_COMMANDS: readonly AddCommand[] = [
  ...METHODS.map(
    (method): AddCommand =>
      (noun, run) =>
        withOptions(noun.command(method.name), method).action(
          run((context, target: string, options: Options) => measureAndTell(method, target, options, context)),
        ),
  ),
  addMeasureCheck,
  addMeasureExport,
];

function withOptions(command: Command, { about, reads, wants, settings, against, judge }: AnyMethod): Command {
  const usual = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  withChain(command, { signs: true })
    .description(about)
    .argument('<target>', reads === 'language' ? 'a model folder, or an OpenAI-compatible base URL' : 'a model folder')
    .requiredOption('--data <path>', 'what it is measured with: a file or a folder')
    .option('--set <name=value...>', `settings; unless said: ${usual.join(' ')}`)
    .option('--out <file>', 'write the measurement there')
    .option('--svg <file>', 'write its plots there')
    .option('--sign', 'sign it')
    .option('--publish', 'sign it, anchor it, and carry it in that transaction, where the index and anybody finds it')
    .addHelpText('after', `\n${wants}`);
  if (against) command.option('--against <model>', 'a second model, which it is compared with');
  if (judge) withJudge(command);
  if (reads === 'classifier') command.option('--product <file>', 'write what was fitted there, for programs');
  if (reads === 'language')
    command
      .option('--release <digest>', 'the weights digest that an endpoint is said to serve')
      .option('--model <name>', 'the model name that the endpoint wants')
      .option('--api-key-file <file>', 'a file with the endpoint’s API key');
  return command;
}

async function measureAndTell(
  method: AnyMethod,
  target: string,
  options: Options,
  context: CommandContext,
): Promise<void> {
  const signer = options.sign || options.publish ? await openSigner(options) : undefined;
  const settings = settingsFrom(method, options.set ?? []);
  const asked = { ...options, target, settings, command: commandOf(method, target, options) };
  const { measurement, product } = await runMeasure(method, asked, context);
  const signed: SignedMeasurement | undefined = signer && (await signAs(signer.chain, measurement));
  const document = signed ?? measurement;
  if (options.out) await writeFile(options.out, `${JSON.stringify(document, null, 2)}\n`);
  if (options.svg) await writeFile(options.svg, plotsPage(measurement.plots));
  if (options.product && product) await writeFile(options.product, `${JSON.stringify(product, null, 2)}\n`);
  const published = signed && options.publish ? await publish(signer!.chain, signed) : undefined;
  context.output.result({ ...('by' in document ? document : { measurement }), ...published }, () =>
    [
      tellMeasurement(measurement),
      ...(signed ? [`signed by ${signed.by}`] : []),
      ...(published ? [`published in ${published.tx} as ${published.digest}`] : []),
    ].join('\n'),
  );
}

/** `name=value`, as the method's own setting of that name is. Throws REQUEST_INVALID. */
export function settingsFrom(
  { name: method, settings }: Pick<AnyMethod, 'name' | 'settings'>,
  said: readonly string[],
): Settings {
  return Object.fromEntries(
    said.map((each) => {
      const [, name = '', text = ''] = /^([a-z-]+)=(.+)$/.exec(each) ?? [];
      const usual = settings[name];
      if (usual === undefined)
        throw new OmlError(
          'REQUEST_INVALID',
          `--set takes name=value; ${method} knows ${Object.keys(settings).join(', ')}.`,
        );
      if (typeof usual === 'number' && !Number.isFinite(Number(text)))
        throw new OmlError('REQUEST_INVALID', `The setting "${name}" takes a number, not "${text}".`);
      return [name, typeof usual === 'number' ? Number(text) : typeof usual === 'boolean' ? text === 'true' : text];
    }),
  );
}

/** What to type to measure the same again. */
function commandOf({ name }: AnyMethod, target: string, options: Options): string {
  const { data, against, set = [], release, model, judge, judgeModel } = options;
  const flags = [
    `--data ${data}`,
    ...(against ? [`--against ${against}`] : []),
    ...(release ? [`--release ${release}`] : []),
    ...(model ? [`--model ${model}`] : []),
    ...(judge ? [`--judge ${judge}`] : []),
    ...(judgeModel ? [`--judge-model ${judgeModel}`] : []),
    ...(set.length > 0 ? [`--set ${set.join(' ')}`] : []),
  ];
  return `npx oml measure ${name} ${target} ${flags.join(' ')}`;
}
