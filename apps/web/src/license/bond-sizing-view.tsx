'use client';
import { parametersAbi } from '@oml/contracts/abis';
import { formatDollars } from '@oml/protocol/money';
import { caughtUnpaidUse, sufficientBond } from '@oml/sdk/bond-sizing';
import { Amount } from '@oml/ui/amount';
import { Card, Facts } from '@oml/ui/card';
import { TextField } from '@oml/ui/field';
import { useState } from 'react';
import { useReadContract } from 'wagmi';
import { economicsAddress, readSetting } from '#economics/economics-query.ts';
import { TextLink } from '#kit/links.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';
import type { ShownTerms } from '#model/shown-model.ts';

const number = (text: string, most: number): number | undefined =>
  /^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= most ? Number(text) : undefined;

/** Why the bond is as large as it is: what hiding some use would gain, against what being caught would cost. */
export function BondSizingView({ terms }: { terms: ShownTerms }) {
  const { deployment } = usePublicConfig();
  const { data: rates } = useReadContract({
    address: deployment.contracts.parameters,
    abi: parametersAbi,
    functionName: 'rates',
  });
  const [uses, setUses] = useState('10000');
  const [hidden, setHidden] = useState('10');
  const [probes, setProbes] = useState('30');
  const [useCount, hiddenPercent, probeCount] = [number(uses, 1e9), number(hidden, 100), number(probes, 1e4)];
  const valid =
    rates && useCount && hiddenPercent && probeCount ? { rates, useCount, hiddenPercent, probeCount } : undefined;
  return (
    <Card className="flex flex-col gap-4 p-5">
      <p className="text-sm text-ink-soft">
        A bond deters if it costs more to be caught than there is to gain: bond ≥ gain ÷ (chance of being caught × share
        slashed × share that nobody gets back).
      </p>
      <div className="grid gap-3 sm:grid-cols-3">
        <TextField
          label="Uses per period"
          inputMode="numeric"
          value={uses}
          onChange={(event) => setUses(event.target.value)}
          problem={useCount ? undefined : 'A whole number.'}
        />
        <TextField
          label="Share kept unpaid"
          unit="%"
          inputMode="numeric"
          value={hidden}
          onChange={(event) => setHidden(event.target.value)}
          problem={hiddenPercent ? undefined : '1 to 100.'}
        />
        <TextField
          label="Probes per period"
          inputMode="numeric"
          value={probes}
          onChange={(event) => setProbes(event.target.value)}
          problem={probeCount ? undefined : 'A whole number.'}
        />
      </div>
      {valid ? <Sizing terms={terms} {...valid} /> : null}
      {valid ? (
        <p className="text-sm">
          <TextLink href={addressOf(terms, valid)}>Plots of it, and what a host that reckons would do</TextLink>
        </p>
      ) : null}
    </Card>
  );
}

/** The page that reckons with these terms. */
const addressOf = (terms: ShownTerms, given: Pick<SizingProps, 'useCount' | 'hiddenPercent' | 'probeCount'>): string =>
  economicsAddress(
    readSetting({
      price: formatDollars(terms.price),
      bond: formatDollars(terms.bond),
      uses: String(given.useCount),
      ownerShare: String(terms.ownerShareBps / 100),
      slash: String(terms.slashBps / 100),
      hidden: String(given.hiddenPercent),
      probes: String(given.probeCount),
    }),
  );

interface SizingProps {
  terms: ShownTerms;
  rates: { protocolFeeBps: number; poolBps: number; claimantShareBps: number; ownerShareBps: number };
  useCount: number;
  hiddenPercent: number;
  probeCount: number;
}

function Sizing({ terms, rates, useCount, hiddenPercent, probeCount }: SizingProps) {
  const revenue = BigInt(useCount) * terms.price;
  const fees = (rates.protocolFeeBps + rates.poolBps) / 10_000;
  const feeShare = fees + ((1 - fees) * terms.ownerShareBps) / 10_000;
  const caught = caughtUnpaidUse(hiddenPercent / 100, probeCount);
  const burnedBps = 10_000 - rates.claimantShareBps - rates.ownerShareBps;
  const needed = sufficientBond({
    revenue,
    hiddenShare: hiddenPercent / 100,
    feeShare,
    caught,
    slashBps: terms.slashBps,
    burnedBps,
  });
  const enough = needed !== undefined && needed <= terms.bond;
  return (
    <Facts
      rows={[
        [
          'Gained by hiding',
          <Amount key="v" value={(revenue * BigInt(Math.round(hiddenPercent * feeShare * 10_000))) / 1_000_000n} />,
        ],
        [
          'Chance of being caught',
          <span key="v" className="tabular-nums">
            {(caught * 100).toFixed(1)} %
          </span>,
        ],
        [
          'Slashed, and of that burned',
          <span key="v" className="tabular-nums">
            {terms.slashBps / 100} %, {burnedBps / 100} %
          </span>,
        ],
        ['Bond that deters it', needed === undefined ? 'none would' : <Amount key="v" value={needed} />],
        [
          'Bond asked for',
          <span key="v">
            <Amount value={terms.bond} tone={enough ? 'money' : 'risk'} />{' '}
            {enough ? 'is enough for that' : 'is less: with these numbers the host would rather cheat'}
          </span>,
        ],
      ]}
    />
  );
}
