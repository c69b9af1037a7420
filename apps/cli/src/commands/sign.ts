import { signModel, verifyModel } from '@oml/onnx/signature/sign-model';
import { compareFiles, stateModel } from '@oml/onnx/signature/statement';
import { OmlError } from '@oml/protocol/error';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { AddCommand } from '../command.ts';
import { readFiles } from '../files.ts';

const SIGNATURE = 'model.sig';

export const addSign: AddCommand = (file, run) => {
  file
    .command('sign')
    .description('sign every file of a model folder (OpenSSF Model Signing)')
    .argument('<folder>', 'the model folder')
    .requiredOption('--private-key <file>', 'P-256 or P-384 key, PKCS #8 PEM')
    .requiredOption('--public-key <file>', 'its public half, SPKI PEM')
    .option('--out <file>', `the signature (default: ${SIGNATURE} in the folder)`)
    .action(
      run(async ({ output }, folder: string, options: { privateKey: string; publicKey: string; out?: string }) => {
        const statement = stateModel(basename(resolve(folder)), await readFiles(folder), SIGNATURE);
        const bundle = await signModel(
          statement,
          await readFile(options.privateKey, 'utf8'),
          await readFile(options.publicKey, 'utf8'),
        );
        const out = options.out ?? join(folder, SIGNATURE);
        await writeFile(out, JSON.stringify(bundle));
        output.result(
          { signature: out, ...statement.subject[0] },
          () => `signed ${statement.predicate.resources.length} files: ${out}`,
        );
      }),
    );

  file
    .command('check-signature')
    .description('check the signature of a model folder and every file it names')
    .argument('<folder>', 'the model folder')
    .requiredOption('--public-key <file>', "the signer's public key, SPKI PEM")
    .option('--signature <file>', `the signature (default: ${SIGNATURE} in the folder)`)
    .action(
      run(async ({ output }, folder: string, options: { publicKey: string; signature?: string }) => {
        const bundle = JSON.parse(await readFile(options.signature ?? join(folder, SIGNATURE), 'utf8')) as unknown;
        const statement = await verifyModel(bundle, await readFile(options.publicKey, 'utf8'));
        const differences = compareFiles(statement, await readFiles(folder));
        const wrong = Object.entries(differences).flatMap(([kind, paths]) =>
          (paths as string[]).map((path) => `${path} (${kind})`),
        );
        if (wrong.length > 0)
          throw new OmlError(
            'SIGNATURE_INVALID',
            `The signature holds, but the files differ: ${wrong.slice(0, 10).join(', ')}.`,
            { details: { ...differences } },
          );
        output.result(
          { valid: true, ...statement.subject[0] },
          () => `valid: ${statement.predicate.resources.length} files as signed`,
        );
      }),
    );
};
