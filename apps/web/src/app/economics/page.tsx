import { gasProfileOf } from '@oml/sdk/terms-warnings';
import { Amount } from '@oml/ui/amount';
import { Card, Facts, Section } from '@oml/ui/card';
import { Note } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { readSetting } from '#economics/economics-query.ts';
import { NEEDED, otherBonds, owedShares, reckonDisguised, reckonUnpaid } from '#economics/reckon.ts';
import { BondFacts, Plots } from '#economics/reckoned-view.tsx';
import { SettingForm } from '#economics/setting-form.tsx';
import { TextLink } from '#kit/links.tsx';
import { Page } from '#kit/page.tsx';
import { readSetup } from '#server/public-config.ts';
import { readRates } from '#server/rates.ts';

export const metadata: Metadata = {
  title: 'Economics',
  description: 'How large a bond has to be, how likely hidden use is caught, and what a host that reckons would do.',
  alternates: { canonical: '/economics' },
};

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function EconomicsPage({ searchParams }: Props) {
  const setting = readSetting(await searchParams);
  const rates = await readRates();
  const setup = readSetup();
  return (
    <Page
      title="Economics"
      intro={
        <p>
          A bond deters where being caught costs more than hiding brings: bond ≥ what hiding brings ÷ (chance to be
          caught × share slashed × share that nobody gets back). Every attack was{' '}
          <TextLink href="/docs/benchmarks/economics">played on a chain</TextLink>.
        </p>
      }
    >
      {rates && 'config' in setup ? (
        <Reckoning setting={setting} rates={rates} chainId={setup.config.chainId} />
      ) : (
        <Note tone="risk">
          The chain, which says fee, pool and shares of a slash, does not answer. Reload in a minute.
        </Note>
      )}
    </Page>
  );
}

interface ReckoningProps {
  setting: ReturnType<typeof readSetting>;
  rates: NonNullable<Awaited<ReturnType<typeof readRates>>>;
  chainId: number;
}

function Reckoning({ setting, rates, chainId }: ReckoningProps) {
  const ways = { unpaid: reckonUnpaid(setting, rates), disguised: reckonDisguised(setting, rates) };
  const others = otherBonds(setting, rates, gasProfileOf(chainId));
  const owed = owedShares(setting, rates);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-8 lg:grid-cols-[18rem_minmax(0,1fr)]">
      <Card className="p-5 lg:sticky lg:top-20">
        <SettingForm key={JSON.stringify(setting)} setting={setting} />
      </Card>
      <div className="flex min-w-0 flex-col gap-10">
        <Section title="What a bond has to be">
          <BondFacts setting={setting} ways={ways} />
        </Section>
        <Plots setting={setting} ways={ways} />
        <Section title="What this reckons with" note="Rates of this deployment; only its timelock changes them.">
          <Card className="p-5">
            <Facts
              rows={[
                [
                  'Owed of each dollar',
                  `${(owed.all * 100).toFixed(1)} %, of it the owner’s ${(owed.owner * 100).toFixed(1)} %`,
                ],
                [
                  'Of a slash',
                  `${rates.claimantShareBps / 100} % to the claimant, ${rates.ownerShareBps / 100} % to the owner, the rest burns`,
                ],
                ['Score of a claim of disguised use', `${NEEDED}, among a thousand code books and batches`],
                [
                  'Somebody looks unasked',
                  others.inspected === undefined ? (
                    'at no bond'
                  ) : (
                    <span key="v">
                      from a bond of <Amount value={others.inspected} />
                    </span>
                  ),
                ],
                [
                  'Planting another model’s keys pays',
                  others.planted === undefined ? (
                    'at no bond'
                  ) : (
                    <span key="v">
                      from a bond of <Amount value={others.planted} />, without title cover
                    </span>
                  ),
                ],
              ]}
            />
          </Card>
        </Section>
      </div>
    </div>
  );
}
