import { Definition } from '@oml/ui/definition';
import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Page } from '#kit/page.tsx';
import { PartComing } from '#kit/needs-script.tsx';
import { PublishPage } from '#kit/wallet-islands.ts';

export const metadata: Metadata = { title: 'Publish' };

export default function PublishRoute() {
  return (
    <Page
      title="Publish a model"
      intro={
        <p>
          Keys and candidate answers are committed first, a later block picks the answers, and only then are the weights
          marked with your <Definition of="fingerprint">fingerprints</Definition>. Hosts get{' '}
          <Definition of="edition">editions</Definition>; the clean weights stay with your publisher.
        </p>
      }
    >
      <Suspense>
        <PublishPage
          fallback={
            <PartComing title="Open the model">
              Your browser inspects the file; nothing leaves it until you sign.
            </PartComing>
          }
        />
      </Suspense>
    </Page>
  );
}
