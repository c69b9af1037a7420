'use client';
import { bookReach, reachInWords } from '@oml/protocol/evidence/reach';
import { Note } from '@oml/ui/empty-state';
import { TextAreaField, TextField } from '@oml/ui/field';
import { useMemo, type ReactNode } from 'react';
import { TermsWarnings } from '#model/terms-warnings.tsx';
import { priceSlip, readPublishTerms, type PublishTerms, type ReadTerms } from './publish-terms.ts';

interface TermsStepProps {
  terms: PublishTerms;
  onTerms: (terms: PublishTerms) => void;
  kind: 'language' | 'classifier';
  keySize: number;
}

/** About a sixteenth of the marked matrix' width in keys did no visible harm. */
const HARMLESS_SHARE = 16;

/** Name, price, bond and how many fingerprints. */
export function TermsStep({ terms, onTerms, kind, keySize }: TermsStepProps) {
  const result = readPublishTerms(terms);
  const problems = 'problems' in result ? result.problems : {};
  const slip = priceSlip(terms.price);
  const bind = (field: Exclude<keyof PublishTerms, 'demo' | 'anyPrice'>) => ({
    value: terms[field],
    // A word on one price is none on the next.
    onChange: (event: { target: { value: string } }) =>
      onTerms({ ...terms, ...(field === 'price' ? { anyPrice: false } : {}), [field]: event.target.value }),
    problem: field === 'name' && terms.name === '' ? undefined : problems[field],
    'data-testid': `publish-${field}`,
  });
  const total = Number(terms.common) + Number(terms.tracing);
  const many = keySize > 0 && total > keySize / HARMLESS_SHARE;
  return (
    <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
      <TextField
        label="Name"
        placeholder="How the marketplace calls it"
        {...bind('name')}
        className="sm:col-span-2 lg:col-span-3"
      />
      <TextField label="Floor price per use" unit="dollars" inputMode="decimal" {...bind('price')} />
      <TextField
        label="Bond per host"
        unit="dollars"
        inputMode="decimal"
        {...bind('minBond')}
        hint="Reserved while the license runs."
      />
      <TextField
        label="Your share"
        unit="%"
        inputMode="decimal"
        {...bind('ownerShare')}
        hint="Of what remains after fee and pool."
      />
      <TextField label="Slash" unit="%" inputMode="decimal" {...bind('slash')} hint="Of the bond, for unpaid use." />
      <TextField
        label="Common keys"
        inputMode="numeric"
        {...bind('common')}
        hint="In every edition: evidence of use."
      />
      <TextField
        label="Tracing keys"
        inputMode="numeric"
        {...bind('tracing')}
        hint={kind === 'classifier' ? 'A small classifier has room for none.' : 'In subsets: evidence of the source.'}
      />
      <TextField
        label="Bits per key"
        inputMode="numeric"
        {...bind('bits')}
        hint={
          /^[1-6]$/.test(terms.bits)
            ? `${2 ** Number(terms.bits)} candidate answers: chance at most 1 in ${2 ** Number(terms.bits)}.`
            : undefined
        }
      />
      <TextAreaField
        label="Terms in words"
        rows={2}
        {...bind('uri')}
        hint="Or a web address where they stand."
        className="sm:col-span-2"
      />
      {slip ? (
        <TickBox
          label="I mean this price"
          ticked={terms.anyPrice}
          onTick={(anyPrice) => onTerms({ ...terms, anyPrice })}
          data-testid="publish-anyPrice"
        >
          {slip}.
        </TickBox>
      ) : null}
      {kind === 'classifier' ? (
        <TickBox
          label="Give a demo edition away"
          ticked={terms.demo}
          onTick={(demo) => onTerms({ ...terms, demo })}
          data-testid="publish-demo"
        >
          Anybody may then download the marked weights of one edition and run them without paying you. You can take it
          back on the model’s page, but not what was downloaded.
        </TickBox>
      ) : null}
      {'read' in result ? (
        <>
          <Reach {...result.read.fingerprints} />
          <Warnings {...result.read.terms} />
        </>
      ) : null}
      {many ? (
        <p className="text-xs text-risk sm:col-span-2 lg:col-span-3">
          {total} keys are many for this model: about {Math.floor(keySize / HARMLESS_SHARE)} did no visible harm in
          models of this width. The publisher measures it and refuses if the harm is too large.
        </p>
      ) : null}
    </div>
  );
}

interface TickBoxProps {
  label: string;
  ticked: boolean;
  onTick: (ticked: boolean) => void;
  children: ReactNode;
  'data-testid': string;
}

/** A word of the owner's: no, unless said. */
function TickBox({ label, ticked, onTick, children, ...rest }: TickBoxProps) {
  return (
    <label className="flex items-start gap-2 text-sm sm:col-span-2 lg:col-span-3">
      <input
        type="checkbox"
        className="mt-1 accent-accent"
        checked={ticked}
        onChange={({ target }) => onTick(target.checked)}
        {...rest}
      />
      <span>
        {label}
        <span className="block text-xs text-ink-soft">{children}</span>
      </span>
    </label>
  );
}

/** Which attacks pay under such terms. */
function Warnings({ floorPrice, minBond, slashBps, ownerShareBps }: ReadTerms['terms']) {
  return (
    <div className="empty:hidden sm:col-span-2 lg:col-span-3">
      <TermsWarnings terms={{ price: BigInt(floorPrice), bond: BigInt(minBond), slashBps, ownerShareBps }} />
    </div>
  );
}

/** What such a code book can catch of a host that hides behind another license. */
function Reach({ commonCount, bits }: { commonCount: number; bits: number }) {
  const reach = useMemo(() => bookReach({ commonSize: commonCount, bits }), [commonCount, bits]);
  return (
    <div className="sm:col-span-2 lg:col-span-3">
      <Note tone={reach.reaches ? 'plain' : 'risk'} data-testid="publish-reach">
        {reachInWords(reach)}
      </Note>
    </div>
  );
}
