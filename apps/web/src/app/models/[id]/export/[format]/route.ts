import { EXPORT_FORMATS, isExportFormat } from '@oml/measure/export/export-model';
import { readExported } from '#server/exported.ts';
import { readId } from '#server/read-id.ts';

export const dynamic = 'force-dynamic';

interface Asked {
  params: Promise<{ id: string; format: string }>;
}

/** A model with its measurements as others read it: 404 for no model or format, 503 where the index does not answer. */
export async function GET(_: Request, { params }: Asked): Promise<Response> {
  const { id, format } = await params;
  const modelId = readId(id);
  if (modelId === undefined || !isExportFormat(format)) return Response.json({ code: 'NOT_FOUND' }, { status: 404 });
  const exported = await readExported(modelId);
  if (!exported) return Response.json({ code: 'UNAVAILABLE' }, { status: 503, headers: { 'retry-after': '5' } });
  if (!exported.data) return Response.json({ code: 'NOT_FOUND' }, { status: 404 });
  const { fileName, mediaType, write } = EXPORT_FORMATS[format];
  return new Response(write(exported.data), {
    headers: { 'content-type': mediaType, 'content-disposition': `attachment; filename="${fileName}"` },
  });
}
