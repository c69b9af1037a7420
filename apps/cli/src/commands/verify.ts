import { keyBudget } from '@oml/fingerprint/code-book/key-budget';
import { withChannel } from '@oml/fingerprint/evidence/e-process';
import { logAnyEdition } from '@oml/fingerprint/evidence/trace-channels';
import { verifyTarget, type Ask, type TargetReport } from '@oml/fingerprint/evidence/verify-target';
import { Option } from 'commander';
import type { AddCommand } from '../command.ts';
import { inTens, originInWords } from '../suspect/words.ts';
import { share, whole } from '../options.ts';
import { livingKeys } from '../suspect/living-keys.ts';
import { openTarget, type TargetOptions } from '../suspect/target.ts';
import { traceFile, type TracedFile } from '../suspect/trace-file.ts';
import { licenseesOf, spend } from '../workspace.ts';

interface Options extends TargetOptions {
  tests: string;
  survival: string;
  until: 'notice' | 'claim' | 'listing';
  secret?: string;
}

export const addVerify: AddCommand = (file, run) => {
  file
    .command('verify')
    .description(
      'ask a file or an endpoint with common keys until the evidence suffices; keys that an endpoint saw are spent',
    )
    .argument('<release>', 'the folder that oml file fingerprint wrote')
    .option('--file <path>', 'an .onnx file, or a folder with model.onnx')
    .option('--endpoint <url>', 'an OpenAI-compatible base URL, such as http://host/v1')
    .option('--model <name>', 'the model name that the endpoint wants')
    .option('--api-key-file <file>', 'a file with the endpoint’s API key')
    .option('--chat', 'ask through /chat/completions, where the endpoint writes its chat template around each key')
    .option('--tests <number>', 'targets tested in the same period', '1')
    .option('--survival <share>', 'keys expected to answer, for the budget (from oml file attack)', '0.9')
    .option('--secret <file>', "the owner's secret: looks for the noise of editions in a file's weights as well")
    .addOption(
      new Option('--until <rung>', 'notice (1e-3), claim (1e-6) or listing (1e-9)')
        .choices(['notice', 'claim', 'listing'])
        .default('claim'),
    )
    .action(
      run(async (context, folder: string, options: Options) => {
        const { output, signal } = context;
        const [tests, survival] = [whole(options.tests, '--tests', 1, 1e8), share(options.survival, '--survival')];
        const { release, book, keys, spent } = await livingKeys(folder);
        const target = await openTarget(
          release.modelFolder,
          options,
          keys.map(({ prompt }) => prompt),
          signal,
        );
        const seen: string[] = [];
        const idOf = new Map(keys.map(({ id, prompt }) => [prompt, id]));
        const ask: Ask = (prompt) => {
          if (target.isSeen) seen.push(idOf.get(prompt)!);
          return target.ask(prompt);
        };
        try {
          const asked = await verifyTarget({
            ask,
            keys,
            tests,
            until: options.until,
            signal,
            onProgress: output.progress,
          });
          const budget = keyBudget({ keys: book.commonCount, spent: spent + seen.length, bits: book.bits, survival });
          const { inside } = target;
          const licensees = inside ? await licenseesOf(folder).catch(() => []) : [];
          const weights = inside
            ? await traceFile(context, { folder, release, book, licensees, inside, secret: options.secret })
            : {};
          const found = together(asked, weights, tests);
          output.result({ ...found, spent: seen, budget }, () => describe(found, budget));
        } finally {
          // Also where asking broke off: what was asked is known.
          await spend(folder, seen);
          await target.close();
        }
      }),
    );
};

/** What was found, with what each channel said for itself. */
type Found = TargetReport & { channels: { answers: number; weights?: number }; origin?: TracedFile['origin'] };

/** Answers, and behind them what the weights of a file say of the editions that were handed out. */
function together(asked: TargetReport, { byAtoms, byNoise, origin }: TracedFile, tests: number): Found {
  const own = { channels: { answers: asked.highestLogE }, ...(origin ? { origin } : {}) };
  const inWeights = [...(byAtoms ?? []), ...(byNoise ?? [])].length > 0;
  if (!inWeights) return { ...asked, ...own };
  const weights = logAnyEdition({ ...(byAtoms ? { atoms: byAtoms } : {}), ...(byNoise ? { noise: byNoise } : {}) });
  const { rung: _, ...rest } = asked;
  return { ...rest, ...withChannel(asked, weights, tests), ...own, channels: { ...own.channels, weights } };
}

function describe(
  { verdict, rung, hits, answered, refused, channels, origin }: Found,
  budget: ReturnType<typeof keyBudget>,
): string {
  const found =
    verdict === 'match'
      ? `match (${rung}): the fingerprint is there`
      : 'inconclusive: this proves neither presence nor absence';
  const meter = `${budget.living} keys left for about ${budget.checksLeft} more ${budget.checksLeft === 1 ? 'check' : 'checks'}${budget.isLow ? ': plan a new release' : ''}`;
  return [
    found,
    `${hits} of ${answered} answers hit, ${refused} refused; ${inTens(channels.answers)}`,
    ...(channels.weights === undefined ? [] : [`weights that hold an edition of yours: ${inTens(channels.weights)}`]),
    ...(origin ? [originInWords(origin)] : []),
    meter,
  ].join('\n');
}
