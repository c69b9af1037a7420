import { Facts } from '@oml/ui/card';
import { Note } from '@oml/ui/empty-state';
import { Hash } from '@oml/ui/hash';
import { KIND_WORDS } from '#model/model-words.ts';
import type { Inspected } from './inspect-model.ts';

/** What the browser found in the model file. */
export function InspectionView({
  inspected: { inspection, digest, fileDigest, ms },
  missing,
}: {
  inspected: Inspected;
  missing: readonly string[];
}) {
  const { kind, parameters, outcomes, input, site, sites, opset, contextLength, norm } = inspection;
  return (
    <div className="mt-4 flex flex-col gap-3" data-testid="publish-inspection">
      <Facts
        rows={[
          ['Kind', KIND_WORDS[kind]],
          ['Parameters', parameters.toLocaleString('en')],
          [kind === 'language' ? 'Vocabulary' : 'Classes', outcomes.toLocaleString('en')],
          [
            'Input',
            <span key="v" className="font-mono text-[0.95em]">
              {input.name} [{input.dims.map((dim) => dim ?? 'any').join(', ')}]
            </span>,
          ],
          ...(contextLength ? ([['Context', `${contextLength.toLocaleString('en')} tokens`]] as const) : []),
          [
            'Marked matrix',
            <span key="v" className="break-all font-mono text-[0.95em]">
              {site.initializer} ({site.keySize} × {site.hiddenSize})
            </span>,
          ],
          ['Other sites', `${sites.length - 1}, norm ${norm.kind}, opset ${opset}`],
          ['Weights digest', <Hash key="v" value={digest} label="weights digest" />],
          ['File', <Hash key="f" value={fileDigest} label="SHA-256 of the file" />],
          ['Read in', `${ms} ms, in this browser`],
        ]}
      />
      {missing.length > 0 ? <Note tone="risk">Also needed: {missing.join(', ')}.</Note> : null}
    </div>
  );
}
