import { selectAnswers } from '@oml/fingerprint/code-book/select';
import { slotSeed } from '@oml/fingerprint/edition/edition';
import { report } from '@oml/fingerprint/subject/progress';
import { ACCUSATION_LEVEL, traceCopy, type Suspect } from '@oml/fingerprint/edition/trace';
import { traceWeights, type NoiseSuspect } from '@oml/fingerprint/edition/trace-weights';
import { covarianceOf } from '@oml/fingerprint/lab/refit-attack';
import { openProducts } from '@oml/fingerprint/subject/products';
import type { Subject } from '@oml/fingerprint/subject/subject';
import { headMatches } from '@oml/protocol/head';
import { isOmlError } from '@oml/protocol/error';
import type { AddCommand, CommandContext } from '../cli.ts';
import { readData } from '../data.ts';
import { openModel, openOwnSubject } from '../model.ts';
import { readSecretFile } from '../secret-file.ts';
import { openTarget, type TargetOptions } from '../target.ts';
import { beaconOf, checkSecret, licenseesOf, openPrepared, openRelease, type Licensees, type Release } from '../workspace.ts';

interface Options extends TargetOptions {
  licensees?: string;
  secret?: string;
}

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
    .option('--secret <file>', "the owner's secret: compares a file's weights with the noise of each edition as well")
    .action(run(async (context, folder: string, options: Options) => {
      const { release, book } = await openRelease(folder);
      const licensees = await licenseesOf(folder, options.licensees);
      const fired = await askTracingKeys(context, release, book, options);
      const suspects = traceCopy(fired, licensees, release.holdChance);
      const byWeights = await compareWeights(context, folder, release, licensees, options);
      const result = { fired: fired.filter(Boolean).length, asked: fired.length, innocentChance: ACCUSATION_LEVEL, suspects, ...(byWeights ? { byWeights } : {}) };
      context.output.result(result, () => describe(fired, suspects, byWeights));
    }));
};

async function askTracingKeys({ output, signal }: CommandContext, release: Release, book: Awaited<ReturnType<typeof openRelease>>['book'], options: Options): Promise<boolean[]> {
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

/** Undefined where there is no file, no secret, or no matrix of that size in the copy. */
async function compareWeights({ output }: CommandContext, folder: string, release: Release, licensees: Licensees, options: Options): Promise<NoiseSuspect[] | undefined> {
  if (options.file === undefined || options.secret === undefined) return undefined;
  const secret = await readSecretFile(options.secret);
  checkSecret(release, secret);
  const subject = await openOwnSubject(release.modelFolder);
  const prepared = await openPrepared(folder, subject.model.bytes);
  const slots = licensees.flatMap(({ id, slot }) => (slot === undefined ? [] : [{ id, slotSeed: slotSeed(secret, slot) }]));
  try {
    return traceWeights(prepared, (await openModel(options.file)).model.bytes, slots, await ordinaryCovariance(subject, release.modelFolder));
  } catch (error) {
    if (!isOmlError(error) || error.code !== 'EDITION_INVALID') throw error;
    output.note('The weights of this copy cannot be compared: its edited matrix is not there, or has another size.');
    return undefined;
  }
}

/** What ordinary use needs of the edited matrix; undefined where no ordinary data lies beside the model. */
async function ordinaryCovariance(subject: Subject, folder: string): Promise<Float64Array | undefined> {
  const data = await readData(subject, folder, undefined).catch(() => undefined);
  if (!data) return undefined;
  const products = await openProducts(subject.engine);
  try {
    return await covarianceOf(subject.model, subject, data.ordinary, products);
  } finally {
    await products.dispose();
  }
}

function describe(fired: readonly boolean[], suspects: readonly Suspect[], byWeights: readonly NoiseSuspect[] = []): string {
  const accused = suspects.filter((suspect) => suspect.accused).map(({ id, pValue }) => `${id}: by its answers; an innocent would stand out so far with chance ${pValue.toExponential(1)}`);
  const leaning = byWeights.filter((suspect) => suspect.accused).map(({ id, pValue }) => `${id}: by its weights; an innocent's noise would lean so far with chance ${pValue.toExponential(1)} at most`);
  const head = `${fired.filter(Boolean).length} of ${fired.length} tracing keys answer`;
  if (accused.length + leaning.length === 0) return `${head}\nnobody is accused: no licensee stands out enough`;
  return [head, ...accused, ...leaning, `chance that any of ${suspects.length} innocents is accused: at most ${ACCUSATION_LEVEL} by answers${byWeights.length > 0 ? ', as much again by weights' : ''}`].join('\n');
}
