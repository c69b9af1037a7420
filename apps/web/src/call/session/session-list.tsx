'use client';
import { Button } from '@oml/ui/button';
import { Card } from '@oml/ui/card';
import { dollars } from '@oml/ui/dollars';
import { EmptyState, Note } from '@oml/ui/empty-state';
import { Hash } from '@oml/ui/hash';
import { Badge } from '@oml/ui/state-badge';
import { useMutation } from '@tanstack/react-query';
import type { PublicClient } from 'viem';
import { useConnection, usePublicClient } from 'wagmi';
import { ActionRow } from '#actions/action-row.tsx';
import { channelActions } from '#actions/channel-actions.ts';
import { topUpAction } from '#actions/top-up.ts';
import { usePublicConfig } from '#kit/config-context.tsx';
import { TextLink, TxLink } from '#kit/links.tsx';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { useSign } from '#wallet/use-sign.ts';
import { endSession } from './end-session.ts';
import type { Meter } from './meters.ts';
import { SessionMeter } from './session-meter.tsx';
import type { Sessions } from './sessions.ts';
import { useSessions } from './use-sessions.ts';

/** The sessions of the connected account in this browser: what each spent, and how it is stopped, filled and ended. */
export function SessionList() {
  const { address } = useConnection();
  const { sessions, meters, reread } = useSessions();
  const client = usePublicClient();
  const { deployment } = usePublicConfig();
  const ending = useMutation({
    mutationFn: (meter: Meter) => endSession(client as PublicClient, deployment, sessions!, meter),
    onSettled: () => reread(),
  });
  if (!address) return <EmptyState title="Connect a wallet to see its sessions in this browser" />;
  if (!sessions || !meters) return <EmptyState title="Asking the chain what they hold" />;
  return (
    <div className="flex flex-col gap-4">
      <div aria-live="polite">
        {ending.data ? (
          <Note tone="money" data-testid="session-ended">
            {dollars(ending.data.refunded)} came back{' '}
            {ending.data.tx ? (
              <>
                with <TxLink hash={ending.data.tx} />
              </>
            ) : null}
          </Note>
        ) : null}
      </div>
      {meters.length === 0 ? (
        <EmptyState title="No session of this account in this browser">
          Open one in the playground of a <TextLink href="/models">model</TextLink>: one signature puts in a budget, and
          each call is paid out of it without another.
        </EmptyState>
      ) : null}
      {meters.map((meter) => (
        <SessionCard
          key={meter.channel.channelId}
          meter={meter}
          sessions={sessions}
          reread={reread}
          end={() => ending.mutate(meter)}
          isEnding={ending.isPending && ending.variables.host.vault === meter.host.vault}
          error={ending.variables?.host.vault === meter.host.vault ? ending.error : null}
        />
      ))}
    </div>
  );
}

interface CardProps {
  meter: Meter;
  sessions: Sessions;
  reread(): Promise<void>;
  end(): void;
  isEnding: boolean;
  error: Error | null;
}

function SessionCard({ meter, sessions, reread, end, isEnding, error }: CardProps) {
  const { host, channel, left } = meter;
  const client = usePublicClient();
  const { deployment } = usePublicConfig();
  const sign = useSign();
  const stop = (isStopped: boolean) => void sessions.keep({ ...host, isStopped }).then(reread);
  // What may still arrive there is found on the chain, by the wallet alone.
  const forget = () => void sessions.forget(host.vault, deployment).then(reread);
  const isLeaving = channel.leavableAt !== undefined;
  return (
    <Card className="flex flex-col gap-3 p-5 text-sm" data-testid={`session-${host.licenseId}`}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="flex flex-wrap items-center gap-2 font-semibold">
          {host.model} <span className="font-normal text-ink-soft">license {String(host.licenseId)}</span>
          <State meter={meter} />
        </h3>
        <span className="flex flex-wrap gap-2">
          <Button size="sm" onClick={() => stop(!host.isStopped)} data-testid={`session-stop-${host.licenseId}`}>
            {host.isStopped ? 'Let it go on' : 'Stop'}
          </Button>
          {left > 0n || isLeaving ? (
            <Button
              size="sm"
              variant="primary"
              busy={isEnding}
              disabled={isLeaving}
              onClick={end}
              data-testid={`session-end-${host.licenseId}`}
            >
              End, {dollars(left)} back
            </Button>
          ) : (
            <Button size="sm" onClick={forget} data-testid={`session-forget-${host.licenseId}`}>
              Forget, nothing is left
            </Button>
          )}
        </span>
      </div>
      <SessionMeter meter={meter} />
      <p className="text-xs text-ink-soft">
        Paid to the vault <Hash value={channel.config.receiver} label="vault" />. Ending it costs you nothing: the host
        books what its receipts say and sends the rest to your wallet.
      </p>
      {error ? <Problem explanation={explainError(error)} data-testid="session-problem" /> : null}
      {client && !isLeaving ? (
        <ActionRow action={topUpAction(client as PublicClient, sign, deployment, channel)} />
      ) : null}
      {client ? (
        <details open={isLeaving || error !== null}>
          <summary className="cursor-pointer text-ink-soft hover:text-ink">Does its host not answer?</summary>
          {channelActions(client as PublicClient, deployment, unused(meter)).map((action) => (
            <ActionRow key={action.id} action={action} />
          ))}
        </details>
      ) : null}
    </Card>
  );
}

function State({ meter: { host, channel, hasPending } }: { meter: Meter }) {
  if (channel.leavableAt) return <Badge tone="risk">Leaving past the host</Badge>;
  if (host.isStopped) return <Badge tone="plain">Stopped</Badge>;
  if (hasPending) return <Badge tone="risk">An answer is missing</Badge>;
  return <Badge tone="money">Open</Badge>;
}

/** What its receipts say is the host's, also where it has not collected yet. */
const unused = ({ channel, charged }: Meter) => ({
  ...channel,
  claimed: charged > channel.claimed ? charged : channel.claimed,
});
