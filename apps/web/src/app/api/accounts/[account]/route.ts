import { readIndex } from '#server/index-reader.ts';
import { holdingsOf } from '#server/holdings.ts';
import { readAccount } from '#server/read-id.ts';
import { holdingsToText } from '#holdings/holdings.ts';

export const dynamic = 'force-dynamic';

/** What the index knows of an account: 400 where it is none, 503 where the index does not answer. */
export async function GET(_: Request, { params }: { params: Promise<{ account: string }> }): Promise<Response> {
  const account = readAccount((await params).account);
  if (!account) return Response.json({ code: 'REQUEST_INVALID' }, { status: 400 });
  const index = await readIndex((db) => holdingsOf(db, account));
  if (!index) return Response.json({ code: 'UNAVAILABLE' }, { status: 503, headers: { 'retry-after': '5' } });
  return new Response(holdingsToText(index.data), { headers: { 'content-type': 'application/json' } });
}
