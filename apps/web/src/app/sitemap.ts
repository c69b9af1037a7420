import type { MetadataRoute } from 'next';
import { readModelCount } from '#server/read-models.ts';
import { siteOrigin } from '#server/site-origin.ts';

const PLACES = ['/', '/models', '/claims', '/reports', '/verify', '/publish', '/kept'];
/** One file may name 50,000 addresses. */
const MOST_MODELS = 49_000;

/** The places of the site and its newest models, which are numbered through. */
export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  const origin = await siteOrigin();
  const count = (await readModelCount())?.data ?? 0;
  const models = Array.from({ length: Math.min(count, MOST_MODELS) }, (_, i) => `/models/${count - i}`);
  return [...PLACES, ...models].map((path) => ({ url: `${origin}${path}` }));
}
