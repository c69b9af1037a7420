import { readPicture } from '#server/docs.ts';

/** A picture of the guides. */
export async function GET(_: Request, { params }: { params: Promise<{ path: string[] }> }): Promise<Response> {
  const path = (await params).path.join('/');
  const picture = await readPicture(path);
  if (!picture) return new Response('There is no such picture.', { status: 404 });
  const type = path.endsWith('.svg') ? 'image/svg+xml' : 'image/png';
  return new Response(picture, { headers: { 'content-type': type, 'cache-control': 'max-age=3600' } });
}
