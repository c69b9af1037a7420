import { checkSizes } from '@oml/fingerprint/code-book/capacity';
import { draftCodeBook } from '@oml/fingerprint/code-book/draft';
import { mostBits } from '@oml/fingerprint/code-book/most-bits';
import { deriveHex } from '@oml/fingerprint/code-book/secret';
import { controlOf } from '@oml/fingerprint/code-book/controls';
import { editionSubset, HOLD_CHANCE } from '@oml/fingerprint/edition/edition';
import { embedFingerprints, type EmbedReport } from '@oml/fingerprint/embed/embed';
import {
  draftWishes,
  embedWishes,
  FAST_WARNING,
  PROFILES,
  usualProfile,
  type Profile,
} from '@oml/fingerprint/harden/profile';
import { OmlError } from '@oml/protocol/error';
import { bookReach, reachInWords } from '@oml/protocol/evidence/reach';
import { Option } from 'commander';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { AddCommand, CommandContext } from '../command.ts';
import { readData } from '../data.ts';
import { openOwnSubject } from '../model.ts';
import { share, whole, word } from '../options.ts';
import { ensureSecretFile, readSecretFile, secretMark } from '../secret-file.ts';
import { checkSecret, openRelease, saveDraft, savePrepared } from '../workspace.ts';

interface Options {
  out: string;
  secret: string;
  keys: string;
  tracing: string;
  bits?: string;
  pairs: string;
  hold: string;
  panel: string[];
  refuse?: string;
  profile?: Profile;
  text?: string;
  beacon?: string;
}

export const addFingerprint: AddCommand = (file, run) => {
  file
    .command('fingerprint')
    .description('draft a code book; then, with the beacon of a later block, embed it')
    .argument('<model>', 'a folder with model.onnx, its tokenizer, and ordinary data')
    .requiredOption('--out <folder>', 'the release: code book and prepared editions, all of it secret')
    .requiredOption('--secret <file>', "the owner's secret; made where there is none")
    .option('--keys <number>', 'common keys, which every edition carries', '64')
    .option('--tracing <number>', 'tracing keys, which tell editions apart', '64')
    .option('--bits <number>', '2^bits candidate answers per key, 1 to 6 (default: as many as the model has room for)')
    .option('--pairs <number>', 'common keys that show a second answer to whoever takes away the first', '0')
    .option(
      '--hold <share>',
      'chance of a tracing key to be in an edition; oml file plan tells what serves',
      String(HOLD_CHANCE),
    )
    .option(
      '--panel <model>',
      'a clean model of the same kind, to measure chance on; repeat it, three or more mean something',
      (model, others: string[]) => [...others, model],
      [],
    )
    .option('--refuse <file>', 'texts that must not be keys, one a line: keys that somebody knows')
    .option('--text <file>', 'ordinary text, where the model folder has none')
    .addOption(
      new Option(
        '--profile <name>',
        'fast: one matrix, in closed form, not for hosts that may be hostile; hardened: spread over all layers, slower, gentler and more lasting; anchored: hardened, with lifts that a refit keeps, and without lasting in averages; chosen with the draft (default: hardened where that takes minutes, else fast)',
      ).choices(PROFILES),
    )
    .option('--beacon <hex>', 'hash of a block after the root was committed: embeds the draft')
    .action(
      run(async (context, model: string, options: Options) => {
        const draft = existsSync(join(options.out, 'release.json'));
        if (options.beacon === undefined && draft)
          throw new OmlError(
            'CONFLICT',
            `${options.out} holds a draft already. Go on with --beacon, or choose another folder.`,
          );
        if (options.beacon !== undefined && !draft)
          throw new OmlError(
            'NOT_FOUND',
            `${options.out} holds no draft. Draft first, without --beacon: answers chosen before the commitment prove nothing.`,
          );
        await (options.beacon === undefined
          ? makeDraft(context, model, options)
          : embed(context, model, options, options.beacon));
      }),
    );
};

async function makeDraft({ output, signal }: CommandContext, folder: string, options: Options): Promise<void> {
  const [commonCount, tracingCount] = [
    whole(options.keys, '--keys', 1, 4096),
    whole(options.tracing, '--tracing', 0, 4096),
  ];
  const wished = options.bits === undefined ? undefined : whole(options.bits, '--bits', 1, 6);
  const pairs = whole(options.pairs, '--pairs', 0, commonCount);
  const holdChance = share(options.hold, '--hold');
  const subject = await openOwnSubject(folder);
  const tight = checkSizes(subject.inspection, { commonCount, tracingCount, holdChance });
  if (tight) output.note(`warning: ${tight}`);
  const bits = wished ?? mostBits(subject.inspection);
  const reach = bookReach({ commonSize: commonCount, bits });
  if (!reach.reaches) output.note(`warning: ${reachInWords(reach)}`);
  const secret = await ensureSecretFile(options.secret, output.note);
  const { ordinary } = await readData(subject, folder, options.text);
  const refusedKeys =
    options.refuse === undefined
      ? []
      : (await readFile(options.refuse, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  const panel = await Promise.all(
    options.panel.map(async (path) => controlOf(basename(path), await openOwnSubject(path))),
  );
  const profile = options.profile ?? (await usualProfile(subject));
  if (profile === 'fast') output.note(FAST_WARNING);
  const { book } = await draftCodeBook({
    subject,
    secret,
    commonCount,
    tracingCount,
    bits,
    ordinary,
    panel,
    refusedKeys,
    ...draftWishes(profile, subject),
    signal,
    onProgress: output.progress,
  });
  const { root, poseidonRoot, controls } = book;
  await saveDraft(
    options.out,
    { modelFolder: folder, root, bits, pairs, holdChance, profile, secretMark: secretMark(secret) },
    book,
  );
  const sizes = { size: book.keys.length, commonSize: commonCount, bits, reach, profile };
  output.result({ root, poseidonRoot, controls, ...sizes }, () =>
    [
      `drafted ${commonCount} common and ${tracingCount} tracing keys of ${bits} bits, ${profile}`,
      reachInWords(reach),
      ...controls.map(
        ({ name, chance }) =>
          `${name} answers ${percent(chance)} of them by chance; at most ${percent(2 ** -bits)} are expected of any clean model`,
      ),
      `commit this root on chain: ${root}`,
      `and its second:            ${poseidonRoot}`,
      `then: oml file fingerprint ${folder} --out ${options.out} --secret ${options.secret} --beacon HASH_OF_THE_BLOCK_IT_NAMES`,
    ].join('\n'),
  );
}

async function embed(
  { output, signal }: CommandContext,
  folder: string,
  options: Options,
  block: string,
): Promise<void> {
  const beacon = word(block, '--beacon');
  const { release, book } = await openRelease(options.out);
  if (release.beacon && release.beacon !== beacon)
    throw new OmlError('CONFLICT', 'This release was embedded with another beacon. A code book is drawn once.');
  const profile = options.profile ?? release.profile;
  if (profile !== 'fast' && profile !== release.profile)
    throw new OmlError(
      'CONFLICT',
      `This release was drafted for the ${release.profile} profile. Leave --profile away, or draft again into another folder.`,
    );
  if (profile === 'fast') output.note(FAST_WARNING);
  const secret = await readSecretFile(options.secret);
  checkSecret(release, secret);
  const subject = await openOwnSubject(folder);
  const data = await readData(subject, folder, options.text);
  const seed = deriveHex(secret, 'sample edition');
  const tracing = editionSubset(
    { slotSeed: seed, hostSalt: seed, beacon: seed },
    book.tracingCount,
    release.holdChance,
  );
  const progress = { signal, onProgress: output.progress };
  const { prepared, report } = await embedFingerprints({
    subject,
    secret,
    book,
    beacon,
    tracing,
    ...data,
    ...(release.pairs > 0 ? { pairs: release.pairs } : {}),
    ...embedWishes(profile, { subject, secret, ordinary: data.ordinary, ...progress }),
    ...progress,
  });
  await savePrepared(options.out, { ...release, profile, beacon }, prepared);
  output.result(report, () => describe(report));
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function describe({ success, chance, harm, falseActivation }: EmbedReport): string {
  return [
    `${percent(success)} of the held keys answer; the original answers ${percent(chance)} of them`,
    `harm: ${percent(harm.loss)} ${harm.before > 1 ? 'perplexity' : 'accuracy'}, KL ${harm.kl.toFixed(4)}, ${percent(harm.agreement)} of likeliest answers as before`,
    `false activation: ${percent(falseActivation)}`,
    'next: oml file edition for each licensee, oml file attack to see what it withstands',
  ].join('\n');
}
