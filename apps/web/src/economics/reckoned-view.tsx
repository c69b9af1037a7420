import { Amount } from '@oml/ui/amount';
import { Card, Facts, Section } from '@oml/ui/card';
import { LinePlot, type PlotLine } from '@oml/ui/line-plot';
import type { Reckoned } from './reckon.ts';
import type { Setting } from './economics-query.ts';

const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
const money = (dollars: number): string =>
  `${dollars < 0 ? '−' : ''}$${Math.abs(dollars).toLocaleString('en', { maximumFractionDigits: Math.abs(dollars) < 10 ? 2 : 0 })}`;

export interface Ways {
  unpaid: Reckoned;
  disguised: Reckoned;
}

/** What a bond has to be, for each way of hiding uses. */
export function BondFacts({ setting, ways }: { setting: Setting; ways: Ways }) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Way name="Unpaid: it books nothing of them" setting={setting} way={ways.unpaid} testId="unpaid" />
      <Way name="Disguised: under another license" setting={setting} way={ways.disguised} testId="disguised" />
    </div>
  );
}

function Way({ name, setting, way, testId }: { name: string; setting: Setting; way: Reckoned; testId: string }) {
  const { gain, caught, profit, bond, best } = way;
  const isEnough = bond !== undefined && bond <= BigInt(Math.round(setting.bond * 1_000_000));
  return (
    <Card className="p-5" data-testid={`way-${testId}`}>
      <h3 className="mb-3 text-sm font-semibold">{name}</h3>
      <Facts
        rows={[
          [`Kept by hiding ${setting.hidden} %`, `${money(gain)} a week`],
          ['Caught within the week', percent(caught)],
          ['What it expects', `${money(profit)} a week`],
          [
            'Bond that deters it',
            bond === undefined ? 'none would' : <Amount key="v" value={bond} tone={isEnough ? 'money' : 'risk'} />,
          ],
          [
            'Its best response',
            best.share === 0
              ? 'to hide nothing'
              : `to hide ${percent(best.share)}, for ${money(best.profit)} a week, caught with ${percent(best.caught)}`,
          ],
        ]}
      />
    </Card>
  );
}

/** Three plots: the chance to be caught, what hiding brings, and how that falls with the bond. */
export function Plots({ setting, ways: { unpaid, disguised } }: { setting: Setting; ways: Ways }) {
  const line = (name: string, points: PlotLine['points'], mark?: PlotLine['mark']): PlotLine => ({
    name,
    points,
    ...(name === 'disguised' ? { isDashed: true } : {}),
    ...(mark ? { mark } : {}),
  });
  const caught = (way: Reckoned) => way.curve.map(({ share, caught: chance }) => [share, chance] as const);
  const profit = (way: Reckoned) => way.curve.map(({ share, profit: brings }) => [share, brings] as const);
  const bonds = (way: Reckoned) => way.overBond.map(({ bond, profit: brings }) => [bond, brings] as const);
  const bestOf = ({ best }: Reckoned) => ({ x: best.share, y: best.profit, words: `best at ${percent(best.share)}` });
  return (
    <div className="grid gap-8 xl:grid-cols-2">
      <Section title="Chance to be caught">
        <LinePlot
          label={`Chance to be caught within a week over the share of uses that is hidden, at ${setting.probes} probes.`}
          xName="share of its uses that it hides"
          xWords={percent}
          yWords={percent}
          lines={[line('unpaid', caught(unpaid)), line('disguised', caught(disguised))]}
        >
          One unpaid receipt in a verifier’s hands is enough. Answers under another license must pile up to a score, so
          little of it stays unseen.
        </LinePlot>
      </Section>
      <Section title="What hiding brings">
        <LinePlot
          label={`What a host expects in a week over the share of uses that it hides, at a bond of $${setting.bond}.`}
          xName="share of its uses that it hides"
          xWords={percent}
          yWords={money}
          lines={[
            line('unpaid', profit(unpaid), bestOf(unpaid)),
            line('disguised', profit(disguised), bestOf(disguised)),
          ]}
        >
          Below zero it loses. A host that reckons chooses the highest point.
        </LinePlot>
      </Section>
      <Section title="The same over the bond">
        <LinePlot
          label="What a host expects in a week by its best response, over the bond."
          xName="bond"
          xWords={money}
          yWords={money}
          lines={[line('unpaid', bonds(unpaid)), line('disguised', bonds(disguised))]}
        >
          Where a line has come down to zero, the best response is to hide nothing.
        </LinePlot>
      </Section>
    </div>
  );
}
