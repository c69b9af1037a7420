import { describeSite } from '@oml/onnx/inspect';
import type { Inspection } from '@oml/onnx/inspection';
import type { AddCommand } from '../cli.ts';
import { openModel } from '../model.ts';

export const addInspect: AddCommand = (program, run) => {
  program
    .command('inspect')
    .description('what a model is, and where it can be fingerprinted')
    .argument('<model>', 'an .onnx file, or a folder with model.onnx')
    .action(run(async ({ output }, path: string) => {
      const { model, digest } = await openModel(path);
      const inspection = describeSite(model);
      output.result({ digest, ...inspection, capacity: capacityOf(inspection) }, () => describe(digest, inspection));
    }));
};

/** Keys that an edited matrix holds without harm, and keys that it holds at all (fingerprinting.md §3). */
const capacityOf = ({ site }: Inspection) => ({ harmless: Math.floor(site.keySize / 16), most: Math.floor(site.keySize / 4) });

function describe(digest: string, { kind, parameters, opset, outcomes, site, sites, norm, head, dtype, contextLength, readOnly }: Inspection): string {
  const { harmless, most } = capacityOf({ site } as Inspection);
  const rows: [string, string][] = [
    ['kind', kind === 'language' ? `language model, vocabulary ${outcomes}${contextLength ? `, context ${contextLength}` : ''}` : `classifier, ${outcomes} classes`],
    ['parameters', `${parameters.toLocaleString('en')} (site in ${dtype})`],
    ['opset', String(opset)],
    ['digest', digest],
    ['edit site', `${site.initializer} [${site.keySize} → ${site.hiddenSize}], one of ${sites.length}`],
    ['norm, head', `${norm.kind}${head ? `, ${head.initializer}${head.tied ? ' (tied to the embeddings)' : ''}` : ''}`],
    ['room for', readOnly ? `nothing: ${readOnly}` : `${harmless} keys without harm, ${most} at most`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(12)}${value}`).join('\n');
}
