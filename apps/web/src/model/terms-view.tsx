import { Amount } from '@oml/ui/amount';
import { Facts } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import type { ReactNode } from 'react';
import { percent } from './model-words.ts';
import type { TermsWarning } from '@oml/sdk/terms-warnings';
import { TermsWarningList } from './terms-warning-list.tsx';
import type { ShownTerms } from './shown-model.ts';

const MODES: Record<number, { name: string; prevents: string; punishes: string; blind: string }> = {
  0: {
    name: 'Fingerprint',
    prevents: 'Nothing technical: a host has the weights and can run them.',
    punishes: 'Signed use that is not paid, under its own name or a disguise.',
    blind: 'Private use offline, and hosts that answer without signing: refuse unsigned answers.',
  },
};

const DAY = 86_400;

/** What a license is good for, and what it costs. */
function priceRow({ kind, price, period }: ShownTerms): readonly [ReactNode, ReactNode] {
  if (kind === 'serve')
    return [
      <Definition key="n" of="floor price">
        Floor price
      </Definition>,
      <span key="v">
        <Amount value={price} /> per use; a host may ask for more
      </span>,
    ];
  if (kind === 'private')
    return [
      'Own use',
      <span key="v">
        <Amount value={price} /> per {period % DAY === 0 ? `${period / DAY} days` : `${period} seconds`}
      </span>,
    ];
  return [
    'Right to build on it',
    <span key="v">
      <Amount value={price} />, once
    </span>,
  ];
}

/** What the owner gets out of later uses. */
function shareRow({ kind, ownerShareBps, royaltyBps, derivatives }: ShownTerms): readonly [ReactNode, ReactNode] {
  if (kind !== 'derive')
    return [
      'Owner’s share',
      <span key="v">{percent(ownerShareBps)} of what remains after protocol fee, inspection pool and royalties</span>,
    ];
  return [
    'Royalty',
    <span key="v">
      {percent(royaltyBps)} of every use of a child, for good; others may {derivatives ? '' : 'not '}build on the child
    </span>,
  ];
}

function slashRow({ slashBps }: ShownTerms): readonly [ReactNode, ReactNode] {
  return [
    <Definition key="n" of="slash">
      Slash
    </Definition>,
    <span key="v">{percent(slashBps)} of the host’s bond, for use that stays unpaid</span>,
  ];
}

/** What hosts of a child pay and put up at least; and what granting the right means. */
function childRows({ kind, childPrice, childBond, slashBps }: ShownTerms): (readonly [ReactNode, ReactNode])[] {
  if (kind !== 'derive') return [];
  return [
    [
      'Hosts of a child',
      <span key="v">
        Pay at least <Amount value={childPrice} /> per use, reserve at least <Amount value={childBond} />, and stand to
        lose at least {percent(slashBps)} of their bond.
      </span>,
    ],
    ['Take note', 'A right to build on the model is a right to have its likeness hosted for the royalty.'],
  ];
}

/** The terms of one kind of license in words. `warnings`: which attacks pay under them. */
export function TermsView({ terms, warnings }: { terms: ShownTerms; warnings: readonly TermsWarning[] }) {
  const mode = MODES[terms.mode];
  return (
    <div className="flex flex-col gap-4 text-sm">
      <Facts
        rows={[
          priceRow(terms),
          [
            <Definition key="n" of="bond">
              Bond
            </Definition>,
            <span key="v">
              <Amount value={terms.bond} /> reserved per license
              {terms.leakBond > 0n ? (
                <>
                  , and <Amount value={terms.leakBond} /> against leaks
                </>
              ) : null}
            </span>,
          ],
          shareRow(terms),
          ...childRows(terms),
          ...(terms.approvalNeeded ? ([['Approval', 'The owner approves each licensee.']] as const) : []),
          ...(terms.kind === 'derive' ? [] : [slashRow(terms)]),
          ['Enforced by', mode?.name ?? `Mode ${terms.mode}, which this page does not know`],
        ]}
      />
      {mode ? (
        <dl className="grid gap-2 rounded-md border border-line px-3 py-2.5 text-xs text-ink-soft">
          <Limit name="Prevents" text={mode.prevents} />
          <Limit name="Only punishes" text={mode.punishes} />
          <Limit name="Cannot see" text={mode.blind} />
        </dl>
      ) : null}
      <TermsWarningList warnings={warnings} />
      {terms.uri ? <OwnWords uri={terms.uri} /> : null}
    </div>
  );
}

function Limit({ name, text }: { name: string; text: string }) {
  return (
    <div>
      <dt className="inline font-semibold text-ink">{name}: </dt>
      <dd className="inline">{text}</dd>
    </div>
  );
}

/** The terms in the owner's own words: text, or where to find them. */
function OwnWords({ uri }: { uri: string }) {
  if (!/^https?:\/\//.test(uri)) return <p className="whitespace-pre-wrap break-words text-ink-soft">“{uri}”</p>;
  return (
    <a
      href={uri}
      target="_blank"
      rel="nofollow noopener noreferrer ugc"
      className="break-all underline decoration-line-strong underline-offset-4 hover:text-accent"
    >
      The terms in the owner’s words
    </a>
  );
}
