import { Note } from '@oml/ui/empty-state';
import type { Explanation } from '@oml/protocol/chain/revert-words';

/** A failure in one sentence, with a next step and the code behind it. */
export function Problem({ explanation, ...props }: { explanation: Explanation; 'data-testid'?: string }) {
  const { sentence, next, code } = explanation;
  return (
    <Note tone="risk" role="alert" {...props}>
      <p>{sentence}</p>
      {next ? <p className="mt-1 text-ink-soft">{next}</p> : null}
      {code ? <p className="mt-1 font-mono text-xs text-ink-soft">{code}</p> : null}
    </Note>
  );
}
