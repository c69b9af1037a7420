import { moderation } from '#server/desk/moderation-api.ts';
import { route } from '#server/desk/open-desk.ts';

export const dynamic = 'force-dynamic';

export const POST = route(moderation);
