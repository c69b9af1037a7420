import type { MetadataRoute } from 'next';
import { askedLately } from '#server/asked-lately.ts';
import { listDocs } from '#server/docs.ts';
import { readAddresses } from '#server/read-model-at.ts';
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
  '/moderation',
];
/** One file may name 50,000 addresses. */
const MOST_MODELS = 49_000;

const FRESH_MS = 60_000;

/** The places of the site, its docs and its newest models, each where its own page says that it is. */
export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  const origin = await siteOrigin();
  const docs = (await listDocs()).map(({ path }) => `/docs/${path}`);
  const models = await askedLately('sitemap', FRESH_MS, () => readAddresses(MOST_MODELS));
  return [...PLACES, ...docs, ...(models?.data ?? [])].map((path) => ({ url: `${origin}${path}` }));
}
