import { NextResponse, type NextRequest } from 'next/server';
import { isIndexReachable } from '#server/index-reader.ts';

/** Pages that can't be read say so in words; to machines, and to caches, the status says it. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  if (await isIndexReachable()) return NextResponse.next();
  return NextResponse.rewrite(request.nextUrl, { status: 503, headers: { 'retry-after': '5' } });
}

/** Pages that read the index. */
export const config = {
  matcher: ['/', '/models/:path*', '/hosts/:path*', '/claims/:path*', '/names/:path*', '/reports/:path*', '/verify'],
};
