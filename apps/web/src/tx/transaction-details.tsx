import type { Deployment } from '@oml/protocol/chain/deployment';
import { Ago } from '@oml/ui/ago';
import { Card, Facts, Section } from '@oml/ui/card';
import { EmptyState, Note } from '@oml/ui/empty-state';
import { Hash } from '@oml/ui/hash';
import { Badge, StateBadge } from '@oml/ui/state-badge';
import { formatEther, formatGwei } from 'viem';
import { AccountLink } from '#kit/links.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import type { TransactionView } from '../server/transaction.ts';
import { explainRevert } from '@oml/protocol/chain/revert-words';
import { contractAt, decodeCall, decodeLog, decodeRevert } from './known-contracts.ts';
import { Arguments } from './arguments.tsx';
import { Transfers } from './transfers.tsx';

/** A transaction as it stands on this chain: status, call, money and logs, decoded. */
export function TransactionDetails({ view, deployment }: { view: TransactionView; deployment: Deployment }) {
  const { transaction, receipt, revertData } = view;
  const target = transaction.to ? contractAt(deployment, transaction.to) : undefined;
  const call = target && decodeCall(target, transaction.input);
  const logs = (receipt?.logs ?? []).map((log) => ({
    log,
    contract: contractAt(deployment, log.address),
    decoded: decodeLog(contractAt(deployment, log.address), log),
  }));
  const transfers = logs.filter(({ contract, decoded }) => contract.name === 'Dollar' && decoded?.name === 'Transfer');
  return (
    <>
      {isFinal(view) ? null : <LiveRefresh everyMs={2000} />}
      <Card className="p-5">
        <Facts
          rows={[
            ['Status', <Status key="v" view={view} />],
            [
              'Block',
              receipt ? (
                <span key="v">
                  {String(receipt.blockNumber)}{' '}
                  {view.at ? (
                    <span className="text-ink-soft">
                      (<Ago at={view.at} />)
                    </span>
                  ) : null}
                </span>
              ) : (
                'none yet'
              ),
            ],
            ['From', <AccountLink key="v" account={transaction.from} />],
            [
              'To',
              transaction.to ? (
                <span key="v" className="inline-flex flex-wrap items-center gap-x-2">
                  <Hash value={transaction.to} />
                  {call ? target.name : null}
                </span>
              ) : (
                'a new contract'
              ),
            ],
            [
              'Call',
              call ? (
                <code key="v" className="font-mono">
                  {call.name}
                </code>
              ) : transaction.input === '0x' ? (
                'none'
              ) : (
                <code key="v" className="font-mono">
                  {transaction.input.slice(0, 10)}
                </code>
              ),
            ],
            ...(transaction.value > 0n ? ([['Value', `${formatEther(transaction.value)} ETH`]] as const) : []),
            ...(receipt
              ? ([
                  ['Gas', `${receipt.gasUsed.toLocaleString('en')} at ${formatGwei(receipt.effectiveGasPrice)} gwei`],
                ] as const)
              : []),
          ]}
        />
      </Card>
      {revertData ? <Refusal data={revertData} /> : null}
      {transfers.length > 0 ? <Transfers transfers={transfers.map(({ decoded }) => decoded!)} /> : null}
      {call && call.args.length > 0 ? (
        <Section title={`Call of ${call.name}`}>
          <Card className="p-5">
            <Arguments decoded={call} />
          </Card>
        </Section>
      ) : null}
      {receipt ? (
        <Section title={`${logs.length} ${logs.length === 1 ? 'log' : 'logs'}`}>
          {logs.length === 0 ? <EmptyState title="The transaction logged nothing" /> : null}
          <div className="flex flex-col gap-3">
            {logs.map(({ log, contract, decoded }) => (
              <Card key={log.logIndex} className="p-5">
                <p className="mb-3 flex flex-wrap items-center gap-x-2 text-sm font-semibold">
                  {decoded?.name ?? 'Unknown event'}{' '}
                  <span className="font-normal text-ink-soft">{decoded ? contract.name : ''}</span>{' '}
                  <Hash value={log.address} className="font-normal text-ink-soft" />
                </p>
                {decoded ? (
                  <Arguments decoded={decoded} />
                ) : (
                  <p className="break-all font-mono text-xs text-ink-soft">
                    {log.topics.join(' ')} {log.data}
                  </p>
                )}
              </Card>
            ))}
          </div>
        </Section>
      ) : null}
    </>
  );
}

const isFinal = ({ receipt, finalized }: TransactionView): boolean =>
  receipt !== undefined && finalized !== undefined && finalized >= receipt.blockNumber;

function Status({ view }: { view: TransactionView }) {
  if (!view.receipt) return <StateBadge of="transaction" state="pending" />;
  const reverted = view.receipt.status === 'reverted';
  return (
    <span className="inline-flex flex-wrap items-center gap-2" data-testid="tx-status">
      <Badge tone={reverted ? 'risk' : 'accent'}>{reverted ? 'Reverted' : 'Success'}</Badge>
      <StateBadge of="transaction" state={isFinal(view) ? 'final' : 'included'} />
    </span>
  );
}

function Refusal({ data }: { data: `0x${string}` }) {
  const decoded = decodeRevert(data);
  const { sentence } = decoded
    ? explainRevert(decoded.name, Object.fromEntries(decoded.args))
    : { sentence: 'The contract refused without a reason that this page can read.' };
  return (
    <Note tone="risk">
      <p>{sentence}</p>
      {decoded ? <p className="mt-1 break-all font-mono text-xs text-ink-soft">{decoded.name}</p> : null}
    </Note>
  );
}
