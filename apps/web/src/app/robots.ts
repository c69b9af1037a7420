import type { MetadataRoute } from 'next';
import { siteOrigin } from '#server/site-origin.ts';

/** Answers to programs and single transactions are in no search engine; what belongs to a visitor is in no answer. */
export default async function robots(): Promise<MetadataRoute.Robots> {
  const origin = await siteOrigin();
  return {
    rules: { userAgent: '*', allow: '/', disallow: ['/api/', '/tx/'] },
    sitemap: `${origin}/sitemap.xml`,
  };
}
