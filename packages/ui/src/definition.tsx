'use client';
import { Tooltip } from 'radix-ui';
import { useState } from 'react';
import { MEANINGS, type TermOfArt } from './terms-of-art.ts';

/** A word of the protocol, explained on hover, focus or tap. */
export function Definition({ of, children }: { of: TermOfArt; children?: React.ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <Tooltip.Provider delayDuration={150}>
      <Tooltip.Root open={open} onOpenChange={setOpen}>
        <Tooltip.Trigger asChild>
          <button
            type="button"
            onClick={(event) => (event.preventDefault(), setOpen(true))}
            className="cursor-help underline decoration-line-strong decoration-dotted underline-offset-4 hover:decoration-ink"
          >
            {children ?? of}
          </button>
        </Tooltip.Trigger>
        <Tooltip.Portal>
          <Tooltip.Content
            sideOffset={6}
            collisionPadding={12}
            className="z-50 max-w-72 rounded-md border border-line-strong bg-surface px-3 py-2 text-left text-xs font-normal text-ink"
          >
            {MEANINGS[of]}
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
    </Tooltip.Provider>
  );
}
