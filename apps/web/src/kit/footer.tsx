import { ChainState } from './chain-state.tsx';
import { TextLink } from './links.tsx';

/** Which chain, how far the index is behind it, and what nobody has checked. */
export function Footer() {
  return (
    <footer className="mt-16 border-t border-line">
      <div className="mx-auto flex max-w-6xl flex-wrap gap-x-6 gap-y-2 px-4 py-4 text-xs text-ink-soft">
        <ChainState />
        <TextLink href="/docs">Docs</TextLink>
        <TextLink href="/economics">Economics</TextLink>
        <TextLink href="/status">Status</TextLink>
        <TextLink href="/docs/guides/kept" data-testid="kept-link">
          What is kept, and how long
        </TextLink>
        <TextLink href="/moderation">Moderation</TextLink>
        <span>Not audited.</span>
      </div>
    </footer>
  );
}
