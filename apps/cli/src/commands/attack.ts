import { selectAnswers } from '@oml/fingerprint/code-book/select';
import { deriveHex } from '@oml/fingerprint/code-book/secret';
import { deriveEdition, type Prepared } from '@oml/fingerprint/edition/edition';
import { adaptiveAttack } from '@oml/fingerprint/lab/adaptive/adaptive-attack';
import { labPage } from '@oml/fingerprint/lab/lab-page';
import type { LabReport } from '@oml/fingerprint/lab/lab-report';
import { QUICK_ATTACKS, runLab } from '@oml/fingerprint/lab/run-lab';
import { readModel } from '@oml/onnx/model-file';
import { measuredOnLine } from '@oml/onnx/run/measured-on';
import { measuredOnNode } from '@oml/onnx/run/measured-on-node';
import { OmlError } from '@oml/protocol/error';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { AddCommand } from '../command.ts';
import { readData } from '../data.ts';
import { openModel, openOwnSubject } from '../model.ts';
import { beaconOf, openPrepared, openRelease, type Release } from '../workspace.ts';

interface Options {
  text?: string;
  only?: string;
  adaptive?: boolean;
  stranger?: string;
  out?: string;
  html?: string;
}

export const addAttack: AddCommand = (file, run) => {
  file
    .command('attack')
    .description('see what rounding, pruning, merging, wrappers, samplers and filters leave of the fingerprint')
    .argument('<release>', 'the folder that oml file fingerprint wrote')
    .option('--text <file>', 'ordinary text, where the model folder has none')
    .option('--only <names>', `some of: ${QUICK_ATTACKS.map(({ name }) => name).join(', ')}`)
    .option(
      '--adaptive',
      'a host that adapts to this very release, knowing all but the secret, within 1, 2, 5 and 10 % of quality; alone unless --only names more',
    )
    .option('--stranger <model>', 'a model of the same sizes that was trained apart, to merge with')
    .option('--out <file>', 'write the report there as JSON')
    .option('--html <file>', 'write it there as a page with plots')
    .action(
      run(async ({ output, signal }, folder: string, options: Options) => {
        const { release, book } = await openRelease(folder);
        const selections = selectAnswers(book, beaconOf(release)).slice(0, book.commonCount);
        const clean = await openOwnSubject(release.modelFolder);
        const prepared = await openPrepared(folder, clean.model.bytes);
        const marked = readModel(options.adaptive ? someEdition(prepared, release) : deriveEdition(prepared, []));
        const keys = book.keys.slice(0, book.commonCount);
        const stranger = options.stranger && (await openModel(options.stranger)).model;
        const specimen = {
          name: basename(release.modelFolder),
          clean,
          marked,
          ...(await readData(clean, release.modelFolder, options.text)),
          ...(stranger ? { stranger } : {}),
          prompts: keys.map(({ prompt }) => prompt),
          candidates: selections.map(({ candidate }) => candidate),
          outcomes: selections.map(({ outcome }) => outcome),
          ...(release.pairs > 0
            ? { seconds: selections.slice(0, release.pairs).map(({ second }) => second.outcome) }
            : {}),
        };
        const report = await runLab({
          specimen,
          attacks: chosen(options),
          forgedBatches: options.only === undefined && !options.adaptive ? FORGED_BATCHES : 0,
          measuredOn: measuredOnNode(),
          signal,
          onProgress: output.progress,
        });
        if (options.out) await writeFile(options.out, JSON.stringify(report, null, 2));
        if (options.html) await writeFile(options.html, labPage(report));
        output.result(report, () => describe(report));
      }),
    );
};

const FORGED_BATCHES = 10_000;

/** What any host of this release holds: the common keys, as many tracing keys as an edition has, and noise. */
function someEdition(prepared: Prepared, { holdChance }: Release): Uint8Array {
  const count = prepared.tracingCount;
  const held = [...Array(count).keys()].filter((i) => Math.floor((i + 1) * holdChance) > Math.floor(i * holdChance));
  return deriveEdition(
    prepared,
    held,
    deriveHex(new TextEncoder().encode('the edition of a host in the lab'), 'noise'),
  );
}

function chosen({ only, adaptive }: Options) {
  const adapting = adaptive ? [adaptiveAttack] : [];
  if (only === undefined) return adaptive ? adapting : QUICK_ATTACKS;
  const names = only.split(',').map((name) => name.trim());
  const found = QUICK_ATTACKS.filter(({ name }) => names.includes(name));
  if (found.length !== names.length)
    throw new OmlError(
      'REQUEST_INVALID',
      `Unknown attack among "${only}". Known: ${QUICK_ATTACKS.map(({ name }) => name).join(', ')}.`,
    );
  return [...found, ...adapting];
}

const percent = (share: number): string => `${(100 * share).toFixed(1).padStart(5)} %`;

function describe({ keys, untouched, survival, within, points, forged = [], measuredOn }: LabReport): string {
  const width = Math.max(...points.map(({ attack, label }) => attack.length + label.length)) + 4;
  const rows = points.map(
    ({ attack, label, survival: left, cost }) =>
      `${`${attack}, ${label}`.padEnd(width)}${percent(left)}${cost === undefined ? '' : `   costs ${percent(cost).trim()}`}`,
  );
  return [
    `${keys} keys, ${percent(untouched).trim()} answer untouched`,
    ...rows,
    ...forged.map(
      ({ rule, keys: size, rate, bound }) =>
        `forged claims, ${rule}, ${size} keys: believed ${rate.toExponential(1)} of at most ${bound.toExponential(1)}`,
    ),
    ...(within ?? []).map(
      ({ cost, survival: left }) => `s(${100 * cost} %) = ${left.toFixed(2)}: whatever costs no more leaves as much`,
    ),
    `plan bonds with s = ${survival.toFixed(2)}`,
    ...(within ? [] : ['that is what carelessness leaves; a host that adapts leaves less: measure it with --adaptive']),
    ...(measuredOn ? [measuredOnLine(measuredOn)] : []),
  ].join('\n');
}
