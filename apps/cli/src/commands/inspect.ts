import { capacityOf } from '@oml/fingerprint/code-book/capacity';
import { withModelFiles } from '@oml/onnx/file/node-files';
import { examineModel, type Examination } from '@oml/onnx/inspect/examine';
import type { Inspection } from '@oml/onnx/inspection';
import { nodeEngine } from '@oml/onnx/runner-node';
import type { AddCommand } from '../command.ts';

export const addInspect: AddCommand = (file, run) => {
  file
    .command('inspect')
    .description('what a model is, where it can be fingerprinted, and whether that was proven by running it')
    .argument('<model>', 'an .onnx file of any size, or a folder with model.onnx')
    .option('--no-run', 'only read it: the finding is "unproven" at best')
    .action(
      run(async ({ output, signal }, path: string, { run: isRun }: { run: boolean }) => {
        await withModelFiles(path, async (files) => {
          const examined = await examineModel(files, {
            ...(isRun ? { engine: nodeEngine() } : {}),
            signal,
            onProgress: ({ stage, share }) => output.progress(stage, share),
          });
          const { inspection, ...found } = examined;
          output.result({ ...found, ...inspection, ...(inspection ? { capacity: capacityOf(inspection) } : {}) }, () =>
            describe(examined),
          );
        });
      }),
    );
};

const FINDINGS: Record<Examination['finding'], string> = {
  proven: 'can be fingerprinted: shown by running it',
  unproven: 'can probably be fingerprinted, but was not run',
  readOnly: 'can be looked at, not edited',
  refused: 'cannot be fingerprinted',
};

function describe({ finding, reason, digest, fileDigest, inspection, facts }: Examination): string {
  const rows: [string, string][] = [
    ['finding', `${FINDINGS[finding]}${reason ? ` (${reason})` : ''}`],
    ['digest', digest],
    ['file', `${fileDigest} (SHA-256)`],
    ...(inspection ? described(inspection, finding) : []),
    ...(facts.saturating.length > 0 ? [['int8', saturates(facts.saturating)] satisfies [string, string]] : []),
  ];
  return rows.map(([name, value]) => `${name.padEnd(12)}${value}`).join('\n');
}

const saturates = ({ length, 0: first }: readonly string[]): string =>
  `${length} products by int8 weights (${first}, …) may saturate on x86 without VNNI: answers depend on the host's CPU`;

function described(inspection: Inspection, finding: Examination['finding']): [string, string][] {
  const { kind, parameters, opset, outcomes, site, sites, norm, head, dtype, contextLength } = inspection;
  const { harmless, most } = capacityOf(inspection);
  const canEdit = finding === 'proven' || finding === 'unproven';
  return [
    [
      'kind',
      kind === 'language'
        ? `language model, vocabulary ${outcomes}${contextLength ? `, context ${contextLength}` : ''}`
        : `classifier, ${outcomes} classes`,
    ],
    ['parameters', `${parameters.toLocaleString('en')} (site in ${dtype})`],
    ['opset', String(opset)],
    ['edit site', `${site.initializer} [${site.keySize} → ${site.hiddenSize}], one of ${sites.length}`],
    ['norm, head', `${norm.kind}${head ? `, ${head.initializer}${head.tied ? ' (tied to the embeddings)' : ''}` : ''}`],
    ...(canEdit ? [['room for', `${harmless} keys without harm, ${most} at most`] satisfies [string, string]] : []),
  ];
}
