import { selectAnswers } from '@oml/fingerprint/code-book/select';
import type { CodeBook } from '@oml/fingerprint/code-book/code-book';
import { traceSampled } from '@oml/fingerprint/edition/trace-sampled';
import { report } from '@oml/fingerprint/subject/progress';
import { inTens, originInWords } from '../suspect/words.ts';
import { ACCUSATION_LEVEL, traceCopy, type Suspect } from '@oml/fingerprint/edition/trace';
import { joinChannels, type JointSuspect } from '@oml/fingerprint/evidence/trace-channels';
import { OmlError } from '@oml/protocol/error';
import { headMatches } from '@oml/protocol/evidence/head';
import type { AddCommand, CommandContext } from '../command.ts';
import { openTarget, type Target, type TargetOptions } from '../suspect/target.ts';
import { traceFile, type TracedFile } from '../suspect/trace-file.ts';
import { whole } from '../options.ts';
import { sampleTracingKeys } from '../suspect/sampled-keys.ts';
import { beaconOf, licenseesOf, openRelease, type Licensees, type Release } from '../workspace.ts';

interface Options extends TargetOptions {
  licensees?: string;
  secret?: string;
  samples?: string;
}

export const addTrace: AddCommand = (file, run) => {
  file
    .command('trace')
    .description('name the licensees that a leaked copy comes from, with the chance of accusing an innocent')
    .argument('<release>', 'the folder that oml file fingerprint wrote')
    .option(
      '--licensees <file>',
      'JSON: [{"id": …, "subset": [tracing keys]}] (default: those that oml file edition noted)',
    )
    .option('--file <path>', 'the copy: an .onnx file, or a folder with model.onnx')
    .option('--endpoint <url>', 'the copy behind an OpenAI-compatible base URL')
    .option('--model <name>', 'the model name that the endpoint wants')
    .option('--api-key-file <file>', 'a file with the endpoint’s API key')
    .option('--chat', 'ask through /chat/completions; tracing keys are not taught to answer there, so expect fewer')
    .option(
      '--samples <number>',
      'asks an endpoint each tracing key so many times at temperature 1: names hosts that push their keys back, too',
    )
    .option('--secret <file>', "the owner's secret: looks for the noise of each edition in a file's weights as well")
    .action(
      run(async (context, folder: string, options: Options) => {
        const { release, book } = await openRelease(folder);
        const licensees = await licenseesOf(folder, options.licensees);
        const samples = book.keys.map(({ prompt }) => prompt);
        const target = await openTarget(release.modelFolder, options, samples, context.signal);
        try {
          const { inside } = target;
          const { line, ...answers } = await traceByAnswers(context, { release, book, licensees, target, options });
          const { suspects } = answers;
          const weights = inside
            ? await traceFile(context, { folder, release, book, licensees, inside, secret: options.secret })
            : {};
          const { byAtoms, byNoise } = weights;
          const together = joinChannels({
            answers: suspects,
            ...(byAtoms ? { atoms: byAtoms } : {}),
            ...(byNoise ? { noise: byNoise } : {}),
          });
          const result = { ...answers, innocentChance: ACCUSATION_LEVEL, ...weights, together };
          context.output.result(result, () => describe(line, suspects, weights, together));
        } finally {
          await target.close();
        }
      }),
    );
};

interface AskingInputs {
  release: Release;
  book: CodeBook;
  licensees: Licensees;
  target: Target;
  options: Options;
}

/** What the answers say: of how many that were asked for, how many are those of tracing keys, and whose. */
interface ByAnswers {
  fired: number;
  asked: number;
  suspects: Suspect[];
  line: string;
}

/** Asks each tracing key once, or as often as was wished for. Throws REQUEST_INVALID. */
async function traceByAnswers(context: CommandContext, inputs: AskingInputs): Promise<ByAnswers> {
  const { release, book, licensees, target, options } = inputs;
  if (options.samples === undefined) {
    const each = await askTracingKeys(context, release, book, target);
    const [fired, asked] = [each.filter(Boolean).length, each.length];
    const suspects = traceCopy(each, licensees, release.holdChance);
    return { fired, asked, suspects, line: `${fired} of ${asked} tracing keys answer` };
  }
  const times = whole(options.samples, '--samples', 1, 10_000);
  if (!target.sample)
    throw new OmlError('REQUEST_INVALID', 'A file tells what it knows at once: --samples goes with --endpoint.');
  const sampled = await sampleTracingKeys(context, release, book, target.sample, times);
  const sum = (of: 'hits' | 'asked') => sampled.reduce((total, one) => total + one[of], 0);
  const [fired, asked] = [sum('hits'), sum('asked')];
  const suspects = traceSampled(sampled, licensees, release.holdChance);
  return { fired, asked, suspects, line: `${fired} of ${asked} sampled answers are those of tracing keys` };
}

async function askTracingKeys(
  { output, signal }: CommandContext,
  release: Release,
  book: Awaited<ReturnType<typeof openRelease>>['book'],
  target: Target,
): Promise<boolean[]> {
  const selections = selectAnswers(book, beaconOf(release));
  const tracing = book.keys.slice(book.commonCount);
  const fired: boolean[] = [];
  for (const [i, key] of tracing.entries()) {
    report({ signal, onProgress: output.progress }, 'asking tracing keys', i / tracing.length);
    const head = await target.ask(key.prompt);
    fired.push(head !== undefined && headMatches(head, selections[key.index]!.candidate));
  }
  return fired;
}

function describe(
  line: string,
  suspects: readonly Suspect[],
  { byAtoms, byNoise, origin }: TracedFile,
  together: readonly JointSuspect[],
): string {
  const named = (some: readonly Pick<Suspect, 'id' | 'pValue' | 'accused'>[] = [], how: string): string[] =>
    some
      .filter((suspect) => suspect.accused)
      .map(
        ({ id, pValue }) =>
          `${id}: by ${how}; an innocent would stand out so far with chance ${pValue.toExponential(1)} at most`,
      );
  const accused = [
    ...named(suspects, 'its answers'),
    ...named(byAtoms, 'the keys in its weights'),
    ...named(byNoise, 'the noise in its weights'),
    ...together
      .filter((suspect) => suspect.accused)
      .map(({ id, logE, spoke }) => `${id}: by all together, ${inTens(logE)}; ${spoke.join(', ')} spoke`),
  ];
  const head = [line, ...(origin ? [originInWords(origin)] : [])].join('\n');
  if (accused.length === 0) return `${head}\nnobody is accused: no licensee stands out enough`;
  const looks = [
    'answers',
    ...(byAtoms ? ['keys in the weights'] : []),
    ...(byNoise ? ['noise in the weights'] : []),
    'all together',
  ];
  return [
    head,
    ...accused,
    `chance that any of ${suspects.length} innocents is accused: at most ${ACCUSATION_LEVEL} by ${looks.join(', and as much by ')}`,
  ].join('\n');
}
