import { isDev } from '@oml/protocol/chain/deployment';
import { NextResponse, type NextRequest } from 'next/server';
import { contentPolicy } from '#server/content-policy.ts';
import { isIndexReachable } from '#server/index-reader.ts';
import { readNamedAddress } from '#server/model-address.ts';
import { readModelAt } from '#server/read-model-at.ts';
import { readSetup } from '#server/public-config.ts';

/** Pages that read the index. */
const FROM_INDEX = /^\/(?:$|@|(?:models|accounts|claims|names|reports|verify|moderation|operator)(?:\/|$))/;

/**
 * Gives each page its policy, and says by the status, to machines and to caches, what a page that can't be read says in
 * words.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const policy = policyOf(Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64'));
  const headers = new Headers(request.headers);
  // Next reads the nonce for its own scripts out of this one.
  headers.set('content-security-policy', policy);
  const isUp = !FROM_INDEX.test(request.nextUrl.pathname) || (await isIndexReachable());
  const named = isUp ? await pageOfNamed(request) : undefined;
  const response = isUp
    ? named
      ? NextResponse.rewrite(named, { request: { headers } })
      : NextResponse.next({ request: { headers } })
    : NextResponse.rewrite(request.nextUrl, { request: { headers }, status: 503, headers: { 'retry-after': '5' } });
  response.headers.set('content-security-policy', policy);
  if (isSecure(request)) response.headers.set('strict-transport-security', 'max-age=31536000');
  return response;
}

/** The page by number that an address by names stands for; undefined where it is none. */
async function pageOfNamed({ nextUrl }: NextRequest): Promise<URL | undefined> {
  const named = readNamedAddress(nextUrl.pathname);
  const modelId = named && (await readModelAt(named.owner, named.name))?.data;
  if (!named || modelId === undefined) return undefined;
  const page = nextUrl.clone();
  page.pathname = `/models/${modelId}${named.rest}`;
  return page;
}

function policyOf(nonce: string): string {
  const setup = readSetup();
  const isDevServer = process.env.NODE_ENV === 'development';
  if ('problem' in setup) return contentPolicy({ nonce, origins: [], allowsHttp: false, isDevServer });
  const { config } = setup;
  const urls = [config.rpcUrl, config.publisherUrl, config.verifierUrl].filter((url) => url !== undefined);
  return contentPolicy({
    nonce,
    origins: urls.map((url) => new URL(url).origin),
    allowsHttp: isDev(config),
    isDevServer,
  });
}

/** Behind a proxy that ends TLS, its header says so. */
const isSecure = ({ nextUrl, headers }: NextRequest): boolean =>
  nextUrl.protocol === 'https:' || headers.get('x-forwarded-proto') === 'https';

/** Everything but files and answers to programs. */
export const config = { matcher: ['/((?!_next/|ort/|api/|icon.svg|robots.txt|sitemap.xml).*)'] };
