'use client';
import { Note } from '@oml/ui/empty-state';
import { Component, Suspense, useLayoutEffect, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { usePublicConfig } from '#kit/config-context.tsx';
import { usePlacedParts } from '#kit/placed-parts.ts';
import { Providers } from './providers.tsx';

/** One wallet and one cache for all parts of the page that need them, each drawn into its own place. */
export function WalletRoot() {
  const config = usePublicConfig();
  return (
    <Providers config={config}>
      {usePlacedParts().map(([id, { element, part: Part, props, onThere }]) =>
        createPortal(
          <PartBoundary onThere={onThere}>
            <Suspense>
              <Part {...props} />
              <There onThere={onThere} />
            </Suspense>
          </PartBoundary>,
          element,
          id,
        ),
      )}
    </Providers>
  );
}

function There({ onThere }: { onThere: () => void }) {
  useLayoutEffect(onThere, [onThere]);
  return null;
}

/** A part that fails takes no other with it. */
class PartBoundary extends Component<{ onThere: () => void; children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };
  static getDerivedStateFromError() {
    return { hasFailed: true };
  }
  override componentDidCatch() {
    this.props.onThere();
  }
  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <Note tone="risk" role="alert">
        This part of the page failed. Nothing on chain is affected: reload to try again.
      </Note>
    );
  }
}
