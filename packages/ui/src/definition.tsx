import { useId } from 'react';
import { MEANINGS, type TermOfArt } from './terms-of-art.ts';

/** A word of the protocol, explained when it is pressed, by finger, mouse or keyboard; also without JavaScript. */
export function Definition({ of, children }: { of: TermOfArt; children?: React.ReactNode }) {
  return <Explained by={MEANINGS[of]}>{children ?? of}</Explained>;
}

/** Any words that a sentence explains. */
export function Explained({ by, children }: { by: string; children: React.ReactNode }) {
  const id = useId();
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        title={by}
        className="cursor-help text-left underline decoration-line-strong decoration-dotted underline-offset-4 hover:decoration-ink"
      >
        {children}
      </button>
      <span
        id={id}
        popover="auto"
        role="note"
        className="meaning rounded-md border border-line-strong bg-surface px-3 py-2 text-left text-xs font-normal text-ink"
      >
        {by}
      </span>
    </>
  );
}
