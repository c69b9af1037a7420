import { readSetup } from '#server/public-config.ts';

export const dynamic = 'force-dynamic';

/** The addresses of this deployment, as every command and agent reads them. */
export function GET(): Response {
  const setup = readSetup();
  return 'config' in setup
    ? Response.json(setup.config.deployment)
    : new Response('No deployment is set up.', { status: 503 });
}
