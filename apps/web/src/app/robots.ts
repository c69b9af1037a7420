import type { MetadataRoute } from 'next';
import { siteOrigin } from '#server/site-origin.ts';

/** What belongs to one visitor, and answers to programs, are in no search engine. */
export default async function robots(): Promise<MetadataRoute.Robots> {
  const origin = await siteOrigin();
  return {
    rules: { userAgent: '*', allow: '/', disallow: ['/api/', '/me', '/use', '/tx/'] },
    sitemap: `${origin}/sitemap.xml`,
  };
}
