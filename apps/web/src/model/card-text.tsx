import { MarkedText } from '#kit/markdown.tsx';
import { Unfold } from '#kit/unfold.tsx';

/** The text of a model's card, by whoever published it; what stands in its front is shown as facts. */
export function ModelCard({ text }: { text: string }) {
  return (
    <Unfold label="Show the whole card">
      <MarkedText text={text} />
    </Unfold>
  );
}
