import { challenge } from '#server/desk/session-api.ts';
import { route } from '#server/desk/open-desk.ts';

export const dynamic = 'force-dynamic';

export const POST = route(challenge);
