import { unsubscribeFrom } from '#server/desk/notices-api.ts';
import { route } from '#server/desk/open-desk.ts';

export const dynamic = 'force-dynamic';

export const DELETE = route(unsubscribeFrom);
