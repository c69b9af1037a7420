import { indexStatus } from '@oml/db/cursor';
import { noticesOf } from '@oml/db/site/notices';
import { budgetNotices } from '@oml/db/site/notices/budgets';
import {
  confirm,
  listSubscriptions,
  subscribe,
  unsubscribe,
  unsubscribeByLink,
  type SubscriptionRow,
} from '@oml/db/site/subscriptions';
import { OmlError } from '@oml/protocol/error';
import { newSubscriptionSchema } from '@oml/protocol/wire/notice';
import { urlFault } from '@oml/protocol/wire/public-url';
import { readRequest } from '@oml/protocol/wire/read-request';
import { address } from '@oml/protocol/wire/scalars';
import type { SubscriptionJson } from '#notice/subscription-json.ts';
import { bodyOf, fromHere, requireVisitor, visitorOf, type Handler } from './desk.ts';

const MOST_NOTICES = 200;

/** `GET /api/accounts/…/notices`: facts of the chain, for anybody; the budgets only to the account itself. */
export const notices: Handler = async (call) => {
  const { db } = call.desk;
  const account = readRequest(address, call.params['account'], 'The account is refused');
  const status = await indexStatus(db);
  if (!status) throw new OmlError('UNAVAILABLE', 'The index has read nothing yet.', { retryable: true });
  const now = status.indexedAt;
  const own = (await visitorOf(call))?.account === account ? await listSubscriptions(db, account) : [];
  const budgets = own.flatMap(({ budget }) => (budget === undefined ? [] : [{ account, budget }]));
  const all = [...(await budgetNotices(db, budgets, now)), ...(await noticesOf(db, [account], now))];
  const once = [...new Map(all.map((notice) => [notice.key, notice])).values()];
  return Response.json({ notices: once.toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, MOST_NOTICES) });
};

/** `GET /api/notices`: what the visitor is subscribed to. */
export const subscriptions: Handler = async (call) => {
  const { account } = await requireVisitor(call);
  return Response.json({ subscriptions: (await listSubscriptions(call.desk.db, account)).map(toJson) });
};

/** `POST /api/notices`: subscribes the visitor; the secret of a webhook is in this answer and in no other. */
export const subscribeTo: Handler = fromHere(async (call) => {
  const { desk, request } = call;
  const { account } = await requireVisitor(call);
  const { channel, target, budget } = await bodyOf(request, newSubscriptionSchema);
  if (channel === 'webhook') checkWebhook(target, desk.isDev);
  const asked = { account, channel, target, origin: desk.origin, ...(budget ? { budget } : {}) };
  const { row, secret } = await subscribe(desk.db, asked, desk.now());
  return Response.json({ subscription: toJson(row), ...(secret ? { secret } : {}) }, { status: 201 });
});

function checkWebhook(target: string, isDev: boolean): void {
  const fault = urlFault(target, { allowPrivate: isDev });
  if (fault) throw new OmlError('ADDRESS_REFUSED', `The webhook is refused: ${fault}.`);
  if (!isDev && !target.startsWith('https:')) throw new OmlError('ADDRESS_REFUSED', 'A webhook is an https address.');
}

/** `DELETE /api/notices/…`: ends a subscription of the visitor. */
export const unsubscribeFrom: Handler = fromHere(async (call) => {
  const { account } = await requireVisitor(call);
  if (!(await unsubscribe(call.desk.db, account, call.params['id'] ?? '')))
    throw new OmlError('NOT_FOUND', 'You have no subscription of this id.');
  return Response.json({});
});

/**
 * `POST /api/notices/unsubscribe/…`: ends one by the link of its mails, whoever follows it: a mail program by one press
 * (RFC 8058), or the form of the page. It says the same where there is none any more.
 */
export const unsubscribeLink: Handler = async ({ desk, request, params }) => {
  await unsubscribeByLink(desk.db, params['token'] ?? '');
  return isForm(request) ? leadTo('/notices/done?was=ended') : new Response('You get no more notices there.\n');
};

/** `POST /api/notices/confirm/…`: a mail address says yes, by the form of the page that its mail named. */
export const confirmLink: Handler = async ({ desk, params }) =>
  leadTo(`/notices/done?was=${(await confirm(desk.db, params['token'] ?? '', desk.now())) ? 'confirmed' : 'late'}`);

/** Programs send no such header. */
const isForm = (request: Request): boolean => request.headers.get('sec-fetch-mode') === 'navigate';

const leadTo = (path: string): Response => new Response(null, { status: 303, headers: { location: path } });

const toJson = ({
  subscriptionId,
  channel,
  target,
  budget,
  confirmedAt,
  stoppedAt,
}: SubscriptionRow): SubscriptionJson => ({
  id: subscriptionId,
  channel,
  target,
  ...(budget === undefined ? {} : { budget: String(budget) }),
  state: stoppedAt ? 'stopped' : confirmedAt ? 'told' : 'asked',
});
