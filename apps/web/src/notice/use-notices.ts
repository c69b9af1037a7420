'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { NoticeJson } from '@oml/protocol/wire/notice';
import type { Address } from '#kit/hex.ts';
import { askSite } from '#session/session-client.ts';
import type { SubscriptionJson } from './subscription-json.ts';

const EVERY_MS = 15_000;

/** What an account should hear of, newest first; with its budgets where it is signed in. */
export function useNotices(account: Address | undefined) {
  return useQuery({
    queryKey: ['notices', account],
    enabled: account !== undefined,
    refetchInterval: EVERY_MS,
    queryFn: async () => (await askSite<{ notices: NoticeJson[] }>(`/api/accounts/${account}/notices`)).notices,
  });
}

export interface NewSubscription {
  channel: SubscriptionJson['channel'];
  target: string;
  budget?: string;
}

/** What the signed-in account is subscribed to, and what changes that. */
export function useSubscriptions(account: Address) {
  const queries = useQueryClient();
  const refresh = () =>
    Promise.all(['subscriptions', 'notices'].map((of) => queries.invalidateQueries({ queryKey: [of, account] })));
  const list = useQuery({
    queryKey: ['subscriptions', account],
    // A link in a mail confirms it elsewhere.
    refetchInterval: EVERY_MS,
    queryFn: async () => (await askSite<{ subscriptions: SubscriptionJson[] }>('/api/notices')).subscriptions,
  });
  const adding = useMutation({
    mutationFn: (body: NewSubscription) =>
      askSite<{ subscription: SubscriptionJson; secret?: string }>('/api/notices', { method: 'POST', body }),
    onSuccess: refresh,
  });
  const removing = useMutation({
    mutationFn: (id: string) => askSite(`/api/notices/${id}`, { method: 'DELETE' }),
    onSuccess: refresh,
  });
  return { list, adding, removing };
}
