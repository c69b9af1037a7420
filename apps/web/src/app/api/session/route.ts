import { session, signIn, signOut } from '#server/desk/session-api.ts';
import { route } from '#server/desk/open-desk.ts';

export const dynamic = 'force-dynamic';

export const GET = route(session);
export const POST = route(signIn);
export const DELETE = route(signOut);
