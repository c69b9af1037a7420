import { OmlError } from '@oml/protocol/error';

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;

/**
 * What messages are signed for: the site that its operator names. A request's own word for it counts on this machine
 * alone: behind a stranger's proxy it would be the stranger's site. Throws ENV_MISSING.
 */
export function deskOrigin(request: Request, siteUrl: string | undefined): string {
  if (siteUrl !== undefined) return new URL(siteUrl).origin;
  const host = request.headers.get('host') ?? '';
  if (LOOPBACK.test(host)) return `http://${host}`;
  throw new OmlError('ENV_MISSING', 'Nobody can sign in before the operator of this site sets SITE_URL.');
}
