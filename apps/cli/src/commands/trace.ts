import { selectAnswers } from '@oml/fingerprint/code-book/select';
import { report } from '@oml/fingerprint/subject/progress';
import { ACCUSATION_LEVEL, traceCopy, type Suspect } from '@oml/fingerprint/edition/trace';
import { headMatches } from '@oml/protocol/head';
import type { AddCommand } from '../cli.ts';
import { openTarget, type TargetOptions } from '../target.ts';
import { beaconOf, licenseesOf, openRelease } from '../workspace.ts';

export const addTrace: AddCommand = (program, run) => {
  program
    .command('trace')
    .description('name the licensees that a leaked copy comes from, with the chance of accusing an innocent')
    .argument('<release>', 'the folder that oml fingerprint wrote')
    .option('--licensees <file>', 'JSON: [{"id": …, "subset": [tracing keys]}] (default: those that oml edition noted)')
    .option('--file <path>', 'the copy: an .onnx file, or a folder with model.onnx')
    .option('--endpoint <url>', 'the copy behind an OpenAI-compatible base URL')
    .option('--model <name>', 'the model name that the endpoint wants')
    .option('--api-key-file <file>', 'a file with the endpoint’s API key')
    .action(run(async ({ output, signal }, folder: string, options: TargetOptions & { licensees?: string }) => {
      const { release, book } = await openRelease(folder);
      const licensees = await licenseesOf(folder, options.licensees);
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
      const suspects = traceCopy(fired, licensees, release.holdChance);
      output.result({ fired: fired.filter(Boolean).length, asked: fired.length, innocentChance: ACCUSATION_LEVEL, suspects }, () => describe(fired, suspects));
    }));
};

function describe(fired: readonly boolean[], suspects: readonly Suspect[]): string {
  const accused = suspects.filter((suspect) => suspect.accused);
  const head = `${fired.filter(Boolean).length} of ${fired.length} tracing keys answer`;
  if (accused.length === 0) return `${head}\nnobody is accused: no licensee stands out enough`;
  const lines = accused.map(({ id, pValue }) => `${id}: an innocent would stand out so far with chance ${pValue.toExponential(1)}`);
  return [head, ...lines, `chance that any of ${suspects.length} innocents is accused: at most ${ACCUSATION_LEVEL}`].join('\n');
}
