import { selectAnswers } from '@oml/fingerprint/code-book/select';
import { report } from '@oml/fingerprint/subject/progress';
import { ACCUSATION_LEVEL, traceCopy, type Suspect } from '@oml/fingerprint/edition/trace';
import { headMatches } from '@oml/protocol/evidence/head';
import type { AddCommand, CommandContext } from '../command.ts';
import { openTarget, type TargetOptions } from '../target.ts';
import { traceFile, type TracedFile } from '../trace-file.ts';
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
    .option('--secret <file>', "the owner's secret: looks for the noise of each edition in a file's weights as well")
    .action(
      run(async (context, folder: string, options: Options) => {
        const { release, book } = await openRelease(folder);
        const licensees = await licenseesOf(folder, options.licensees);
        const fired = await askTracingKeys(context, release, book, options);
        const suspects = traceCopy(fired, licensees, release.holdChance);
        const weights =
          options.file === undefined
            ? {}
            : await traceFile(context, {
                folder,
                release,
                book,
                licensees,
                file: options.file,
                secret: options.secret,
              });
        const result = {
          fired: fired.filter(Boolean).length,
          asked: fired.length,
          innocentChance: ACCUSATION_LEVEL,
          suspects,
          ...weights,
        };
        context.output.result(result, () => describe(fired, suspects, weights));
      }),
    );
};

async function askTracingKeys(
  { output, signal }: CommandContext,
  release: Release,
  book: Awaited<ReturnType<typeof openRelease>>['book'],
  options: Options,
): Promise<boolean[]> {
  const selections = selectAnswers(book, beaconOf(release));
  const tracing = book.keys.slice(book.commonCount);
  const target = await openTarget(release.modelFolder, options, signal);
  const fired: boolean[] = [];
  try {
    for (const [i, key] of tracing.entries()) {
      report({ signal, onProgress: output.progress }, 'asking tracing keys', i / tracing.length);
      const head = await target.ask(key.prompt);
      fired.push(head !== undefined && headMatches(head, selections[key.index]!.candidate));
    }
  } finally {
    await target.close();
  }
  return fired;
}

function describe(fired: readonly boolean[], suspects: readonly Suspect[], { byAtoms, byNoise }: TracedFile): string {
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
  ];
  const head = `${fired.filter(Boolean).length} of ${fired.length} tracing keys answer`;
  if (accused.length === 0) return `${head}\nnobody is accused: no licensee stands out enough`;
  const looks = ['answers', ...(byAtoms ? ['keys in the weights'] : []), ...(byNoise ? ['noise in the weights'] : [])];
  return [
    head,
    ...accused,
    `chance that any of ${suspects.length} innocents is accused: at most ${ACCUSATION_LEVEL} by ${looks.join(', and as much by ')}`,
  ].join('\n');
}
