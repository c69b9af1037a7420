import { Button } from '@oml/ui/button';
import { Section } from '@oml/ui/card';
import type { Metadata } from 'next';
import { IndexUnavailable } from '#kit/page.tsx';
import { ReleaseTable } from '#model/release-table.tsx';
import { modelIdOf } from '#server/model-id.ts';
import { readReleases } from '#server/read-model.ts';

export const metadata: Metadata = { title: 'Files & releases' };

/** What was published, and when. */
export default async function FilesTab({ params }: { params: Promise<{ id: string }> }) {
  const modelId = await modelIdOf(params);
  const index = await readReleases(modelId);
  if (!index) return <IndexUnavailable title="Files & releases" />;
  return (
    <Section
      title="Releases"
      action={
        <Button asChild size="sm">
          <a href={`/models/${modelId}/card`} download="README.md" data-testid="card-export">
            Card for Hugging Face
          </a>
        </Button>
      }
      note="The clean weights stay with the publisher; each host gets an edition of its own. What stands here is what the chain binds them to."
    >
      <ReleaseTable releases={index.data} />
    </Section>
  );
}
