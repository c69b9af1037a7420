import 'server-only';
import { headers } from 'next/headers';
import { readSetup } from './public-config.ts';

/** Where visitors find this site: what the operator says, else what the request was addressed to. */
export async function siteOrigin(): Promise<string> {
  const setup = readSetup();
  if ('options' in setup && setup.options.SITE_URL) return setup.options.SITE_URL;
  const asked = await headers();
  const host = asked.get('host');
  const protocol = asked.get('x-forwarded-proto') === 'https' ? 'https' : 'http';
  return host && /^[\w.:[\]-]+$/.test(host) ? `${protocol}://${host}` : 'http://localhost:3000';
}
