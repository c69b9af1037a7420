import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Card, Facts } from '@oml/ui/card';
import { StateBadge } from '@oml/ui/state-badge';
import type { ReactNode } from 'react';
import { AccountLink, TextLink } from '#kit/links.tsx';
import { BlameActions } from '#claim/claim-islands.ts';
import { clockOf, findings, heardBy, verdictWords } from './blame-words.ts';
import type { ShownBlame, ShownClaim } from '#claim/shown-claim.ts';
import type { ShownLicense } from '#host/shown-host.ts';

interface Props {
  claim: ShownClaim;
  blame: ShownBlame;
  /** Of the accused host. */
  licenses: readonly ShownLicense[];
}

/** A host's answer to a claim of disguised use: who hears it, since and until when, and who can act. */
export function BlamePanel({ claim, blame, licenses }: Props) {
  const { committee } = blame;
  const since = claim.timeline.findLast(({ name }) => name.startsWith('Blame'))?.at;
  const clock = clockOf(blame);
  const rows: (readonly [ReactNode, ReactNode])[] = [
    ['Heard by', heardBy(blame)],
    ...(since ? ([['Since', <Ago key="v" at={since} />]] as const) : []),
    ...(clock ? ([[clock.what, <Ago key="v" at={clock.at} />]] as const) : []),
    ['Filed by', <AccountLink key="v" account={blame.payer} label="payer" />],
    ['Deposit', <Amount key="v" value={blame.deposit} />],
    ...(committee && committee.jurors.length > 0
      ? ([
          [
            'Jurors',
            committee.jurors.map((juror) => (
              <div key={juror}>
                <AccountLink account={juror} label="juror" />
              </div>
            )),
          ],
          ['Seats found', findings(committee)],
        ] as const)
      : []),
  ];
  return (
    <Card className="flex flex-col gap-4 p-5 text-sm" data-testid="blame">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span data-testid="blame-state">
          <StateBadge of="blame" state={blame.state} />
        </span>
        <span data-testid="blame-verdict">{verdictWords(blame)}</span>
      </p>
      <Facts rows={rows} />
      <ul className="flex flex-col gap-1" data-testid="blame-licenses">
        {blame.licenses.map(({ licenseId, hits }) => (
          <Blamed key={String(licenseId)} hits={hits} licenseId={licenseId} licenses={licenses} />
        ))}
      </ul>
      <BlameActions claim={claim} blame={blame} />
    </Card>
  );
}

function Blamed({
  licenseId,
  hits,
  licenses,
}: Pick<Props, 'licenses'> & { licenseId: bigint; hits: number }): ReactNode {
  const license = licenses.find((each) => each.licenseId === licenseId);
  return (
    <li>
      License {String(licenseId)}: {hits} {hits === 1 ? 'hit' : 'hits'}
      {license ? (
        <>
          {' '}
          on its edition of <TextLink href={`/models/${license.modelId}`}>model {String(license.modelId)}</TextLink>,
          title cover <Amount value={license.titleCover} />
        </>
      ) : null}
    </li>
  );
}
