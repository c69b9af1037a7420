import { readSearch } from '#server/read-search.ts';

export const dynamic = 'force-dynamic';

/** What a question may mean, for the window that ctrl-K opens; 503 where only the docs could be searched. */
export async function GET(request: Request): Promise<Response> {
  const answer = await readSearch(new URL(request.url).searchParams.get('q') ?? '');
  return Response.json(answer, { status: answer.isPartial ? 503 : 200, headers: { 'cache-control': 'no-store' } });
}
