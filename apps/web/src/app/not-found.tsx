import { EmptyState } from '@oml/ui/empty-state';
import { TextLink } from '#kit/links.tsx';
import { Page } from '#kit/page.tsx';

export default function NotFound() {
  return (
    <Page title="Not found">
      <EmptyState title="There is nothing at this address" action={<TextLink href="/models">See all models</TextLink>}>
        It may exist on chain and not be indexed yet: the footer says how far the index is.
      </EmptyState>
    </Page>
  );
}
