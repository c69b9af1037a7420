import { deriveEdition, editionRoot, editionSubset, slotSeed } from '@oml/fingerprint/edition/edition';
import { writeFile } from 'node:fs/promises';
import type { AddCommand } from '../command.ts';
import { openModel } from '../model.ts';
import { whole, word } from '../options.ts';
import { readSecretFile } from '../secret-file.ts';
import { beaconOf, checkSecret, noteLicensee, openPrepared, openRelease } from '../workspace.ts';

interface Options {
  slot: string;
  licensee?: string;
  hostSalt: string;
  beacon: string;
  secret: string;
  out: string;
}

export const addEdition: AddCommand = (file, run) => {
  file
    .command('edition')
    .description("derive one licensee's traceable copy")
    .argument('<release>', 'the folder that oml file fingerprint wrote')
    .requiredOption('--slot <number>', 'number of the license, from 0')
    .option('--licensee <name>', 'what oml file trace will call the holder (default: its slot)')
    .requiredOption('--host-salt <hex>', 'what the licensee committed to when it accepted')
    .requiredOption('--beacon <hex>', 'hash of a block after that')
    .requiredOption('--secret <file>', "the owner's secret")
    .requiredOption('--out <file>', 'the edition, an .onnx file')
    .action(
      run(async ({ output }, folder: string, options: Options) => {
        const { release, book } = await openRelease(folder);
        beaconOf(release);
        const secret = await readSecretFile(options.secret);
        checkSecret(release, secret);
        const slot = whole(options.slot, '--slot', 0, 999_999_999);
        const { model } = await openModel(release.modelFolder);
        const prepared = await openPrepared(folder, model.bytes);
        const seed = slotSeed(secret, slot);
        const subset = editionSubset(
          { slotSeed: seed, hostSalt: word(options.hostSalt, '--host-salt'), beacon: word(options.beacon, '--beacon') },
          book.tracingCount,
          release.holdChance,
        );
        await writeFile(options.out, deriveEdition(prepared, subset, seed));
        const licensee = { id: options.licensee ?? `slot ${slot}`, slot, subset };
        await noteLicensee(folder, licensee);
        const root = editionRoot(book, subset);
        output.result(
          { edition: options.out, licensee: licensee.id, root, common: book.commonCount, tracing: subset },
          () =>
            `${options.out}: ${book.commonCount} common and ${subset.length} of ${book.tracingCount} tracing keys\nroot to record on chain: ${root}`,
        );
      }),
    );
};
