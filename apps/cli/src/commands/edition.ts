import { deriveEdition, editionRoot, editionSubset, slotSeed } from '@oml/fingerprint/edition/edition';
import { OmlError } from '@oml/protocol/error';
import { writeFile } from 'node:fs/promises';
import { isHex, type Hex } from 'viem';
import type { AddCommand } from '../cli.ts';
import { openModel } from '../model.ts';
import { secretFrom } from '../secret-file.ts';
import { beaconOf, openPrepared, openRelease } from '../workspace.ts';

interface Options {
  slot: string;
  hostSalt: string;
  beacon: string;
  secret: string;
  out: string;
}

export const addEdition: AddCommand = (program, run) => {
  program
    .command('edition')
    .description("derive one licensee's traceable copy")
    .argument('<release>', 'the folder that oml fingerprint wrote')
    .requiredOption('--slot <number>', 'number of the license, from 0')
    .requiredOption('--host-salt <hex>', 'what the licensee committed to when it accepted')
    .requiredOption('--beacon <hex>', 'hash of a block after that')
    .requiredOption('--secret <file>', "the owner's secret")
    .requiredOption('--out <file>', 'the edition, an .onnx file')
    .action(run(async ({ output }, folder: string, options: Options) => {
      const { release, book } = await openRelease(folder);
      beaconOf(release);
      const { model } = await openModel(release.modelFolder);
      const prepared = await openPrepared(folder, model.bytes);
      const secret = await secretFrom(options.secret, output.note);
      const subset = editionSubset({ slotSeed: slotSeed(secret, wholeNumber(options.slot)), hostSalt: word(options.hostSalt, '--host-salt'), beacon: word(options.beacon, '--beacon') }, book.tracingCount);
      await writeFile(options.out, deriveEdition(prepared, subset));
      const root = editionRoot(book, subset);
      output.result({ edition: options.out, root, common: book.commonCount, tracing: subset }, () => `${options.out}: ${book.commonCount} common and ${subset.length} of ${book.tracingCount} tracing keys\nroot to record on chain: ${root}`);
    }));
};

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new OmlError('REQUEST_INVALID', `--slot takes a whole number, not "${text}".`);
  return Number(text);
}

function word(text: string, option: string): Hex {
  if (!isHex(text) || text.length !== 66) throw new OmlError('REQUEST_INVALID', `${option} takes 32 bytes as hex, 0x and 64 digits.`);
  return text;
}
