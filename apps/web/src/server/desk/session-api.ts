import { endSession, openSession } from '@oml/db/site/sessions';
import { challengeAnswerSchema, challengeAskedSchema } from '@oml/protocol/wire/sign-in';
import { bodyOf, cookieName, fromHere, tokenOf, visitorOf, type Call, type Desk, type Handler } from './desk.ts';
import { challengeFor, checkAnswer } from './sign-in.ts';

/** A session ends by itself after so long. */
const LIVES_MS = 12 * 3_600_000;

/** `POST /api/session/challenge`: what an account has to sign. */
export const challenge: Handler = fromHere(async ({ desk, request }) => {
  const { account } = await bodyOf(request, challengeAskedSchema);
  return Response.json({ message: await challengeFor(desk, account) });
});

/** `POST /api/session`: signs in. */
export const signIn: Handler = fromHere(async ({ desk, request }) => {
  const { message, signature } = await bodyOf(request, challengeAnswerSchema);
  const account = await checkAnswer(desk, message, signature);
  const endsAt = new Date(desk.now().getTime() + LIVES_MS);
  const token = await openSession(desk.db, { account, endsAt }, desk.now());
  return Response.json(told(desk, { account, endsAt }), { headers: { 'set-cookie': cookie(desk, token, LIVES_MS) } });
});

/** `GET /api/session`: who is signed in. */
export const session: Handler = async (call) => Response.json(told(call.desk, await visitorOf(call)));

/** `DELETE /api/session`: signs out. */
export const signOut: Handler = fromHere(async (call: Call) => {
  const token = tokenOf(call);
  if (token !== undefined) await endSession(call.desk.db, token);
  return Response.json(told(call.desk, undefined), { headers: { 'set-cookie': cookie(call.desk, '', 0) } });
});

const told = ({ operators }: Desk, visitor: Awaited<ReturnType<typeof visitorOf>>) =>
  visitor
    ? {
        account: visitor.account,
        endsAt: visitor.endsAt.toISOString(),
        isOperator: operators.includes(visitor.account),
      }
    : { account: null, isOperator: false };

/** No script reads it, and no other site's page has it sent. */
const cookie = ({ origin }: Desk, token: string, livesMs: number): string =>
  [
    `${cookieName(origin)}=${token}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    `Max-Age=${livesMs / 1000}`,
    ...(origin.startsWith('https:') ? ['Secure'] : []),
  ].join('; ');
