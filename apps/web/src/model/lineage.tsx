import { Card } from '@oml/ui/card';
import { TextLink } from '#kit/links.tsx';
import { percent } from './model-words.ts';
import type { ShownModel } from './shown-model.ts';

/** What a model was built on, and what was built on it, as the chain has it: each use pays its ancestors. */
export function Lineage({
  model: { parents, lineageBps },
  descendants,
}: {
  model: Pick<ShownModel, 'parents' | 'lineageBps'>;
  descendants: readonly { modelId: bigint; bps: number }[];
}) {
  return (
    <Card className="flex flex-col gap-3 p-4 text-sm">
      {parents.length > 0 ? (
        <div>
          <p className="text-ink-soft">Built on; {percent(lineageBps)} of each use goes to its ancestors</p>
          <ModelLinks ids={parents} />
        </div>
      ) : (
        <p className="text-ink-soft">Built on no other model here.</p>
      )}
      {descendants.length > 0 ? (
        <div>
          <p className="text-ink-soft">Built on it</p>
          <ModelLinks ids={descendants.map(({ modelId }) => modelId)} />
        </div>
      ) : null}
    </Card>
  );
}

function ModelLinks({ ids }: { ids: readonly bigint[] }) {
  return (
    <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1">
      {ids.map((id) => (
        <li key={String(id)}>
          <TextLink href={`/models/${id}`}>Model {String(id)}</TextLink>
        </li>
      ))}
    </ul>
  );
}
