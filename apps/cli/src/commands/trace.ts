import { selectAnswers } from '@oml/fingerprint/code-book/select';
import { report } from '@oml/fingerprint/subject/progress';
import { inTens, originInWords } from '../suspect/words.ts';
import { ACCUSATION_LEVEL, traceCopy, type Suspect } from '@oml/fingerprint/edition/trace';
import { joinChannels, type JointSuspect } from '@oml/fingerprint/evidence/trace-channels';
import { headMatches } from '@oml/protocol/evidence/head';
import type { AddCommand, CommandContext } from '../command.ts';
import { openTarget, type Target, type TargetOptions } from '../suspect/target.ts';
import { traceFile, type TracedFile } from '../suspect/trace-file.ts';
import { beaconOf, licenseesOf, openRelease, type Release } from '../workspace.ts';

interface Options extends TargetOptions {
  licensees?: string;
  secret?: string;
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
    .option('--secret <file>', "the owner's secret: looks for the noise of each edition in a file's weights as well")
    .action(
      run(async (context, folder: string, options: Options) => {
        const { release, book } = await openRelease(folder);
        const licensees = await licenseesOf(folder, options.licensees);
        const samples = book.keys.map(({ prompt }) => prompt);
        const target = await openTarget(release.modelFolder, options, samples, context.signal);
        try {
          const fired = await askTracingKeys(context, release, book, target);
          const suspects = traceCopy(fired, licensees, release.holdChance);
          const { inside } = target;
          const weights = inside
            ? await traceFile(context, { folder, release, book, licensees, inside, secret: options.secret })
            : {};
          const { byAtoms, byNoise } = weights;
          const together = joinChannels({
            answers: suspects,
            ...(byAtoms ? { atoms: byAtoms } : {}),
            ...(byNoise ? { noise: byNoise } : {}),
          });
          const result = {
            fired: fired.filter(Boolean).length,
            asked: fired.length,
            innocentChance: ACCUSATION_LEVEL,
            suspects,
            ...weights,
            together,
          };
          context.output.result(result, () => describe(fired, suspects, weights, together));
        } finally {
          await target.close();
        }
      }),
    );
};

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
  fired: readonly boolean[],
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
  const head = [
    `${fired.filter(Boolean).length} of ${fired.length} tracing keys answer`,
    ...(origin ? [originInWords(origin)] : []),
  ].join('\n');
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
