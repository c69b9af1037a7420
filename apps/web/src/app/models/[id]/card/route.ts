import { readExportedCard } from '#server/read-card.ts';
import { readId } from '#server/read-id.ts';
import { siteOrigin } from '#server/site-origin.ts';

export const dynamic = 'force-dynamic';

/** The card as a README.md for Hugging Face's hub: 404 where there is no such model, 503 where the index is away. */
export async function GET(_: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const modelId = readId((await params).id);
  const card = modelId === undefined ? { data: undefined } : await readExportedCard(modelId, await siteOrigin());
  if (!card) return Response.json({ code: 'UNAVAILABLE' }, { status: 503, headers: { 'retry-after': '5' } });
  if (card.data === undefined) return Response.json({ code: 'NOT_FOUND' }, { status: 404 });
  return new Response(card.data, {
    headers: {
      'content-type': 'text/markdown; charset=utf-8',
      'content-disposition': 'attachment; filename="README.md"',
    },
  });
}
