import type { MetadataRoute } from 'next';
import { listDocs } from '#server/docs.ts';
import { readModelCount } from '#server/read-models.ts';
import { siteOrigin } from '#server/site-origin.ts';

const PLACES = [
  '/',
  '/models',
  '/claims',
  '/reports',
  '/verify',
  '/publish',
  '/economics',
  '/status',
  '/docs',
  '/docs/api',
];
/** One file may name 50,000 addresses. */
const MOST_MODELS = 49_000;

/** The places of the site, its docs and its newest models, which are numbered through. */
export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  const origin = await siteOrigin();
  const docs = (await listDocs()).map(({ path }) => `/docs/${path}`);
  const count = (await readModelCount())?.data ?? 0;
  const models = Array.from({ length: Math.min(count, MOST_MODELS) }, (_, i) => `/models/${count - i}`);
  return [...PLACES, ...docs, ...models].map((path) => ({ url: `${origin}${path}` }));
}
