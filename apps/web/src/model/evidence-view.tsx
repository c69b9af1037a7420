import { bookReach, reachInWords } from '@oml/protocol/evidence/reach';
import { Card, Facts } from '@oml/ui/card';
import { Definition, Explained } from '@oml/ui/definition';
import { Note } from '@oml/ui/empty-state';
import { Hash } from '@oml/ui/hash';
import { TxLink } from '#kit/links.tsx';
import { oneIn } from './model-words.ts';
import { controlFigures, reportFigures } from './report-figures.ts';
import type { ShownModel } from './shown-model.ts';

const isSet = (hex: string): boolean => /^0x.*[1-9a-f]/i.test(hex);

/**
 * What stands behind an accusation over this model: keys committed before the answers were drawn, and the publisher's
 * own figures.
 */
export function EvidenceView({ model }: { model: ShownModel }) {
  const figures = reportFigures(model.report);
  const controls = controlFigures(model.report);
  const reach = bookReach(model);
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Card className="p-4">
        <h3 className="mb-3 text-sm font-semibold">On chain</h3>
        <Facts
          rows={[
            [
              'Keys',
              <span key="v">
                {model.commonSize} that every edition carries, {model.size - model.commonSize} by which a leak is traced
              </span>,
            ],
            [
              'Answers per key',
              <span key="v">
                {2 ** model.bits} candidates, one of them drawn by the beacon after all were committed
              </span>,
            ],
            [
              'Chance of one hit',
              <span key="v">
                at most {oneIn(model.bits)} (2<sup>−{model.bits}</sup>) for a model that does not carry them
              </span>,
            ],
            [
              <Definition key="n" of="code book">
                Code book
              </Definition>,
              <Hash key="v" value={model.codeBookRoot} label="code book root" />,
            ],
            ['Committed', <TxLink key="v" hash={model.commitTx} />],
            [
              <Definition key="n" of="beacon">
                Beacon
              </Definition>,
              <span key="v" className="inline-flex flex-wrap gap-x-2">
                <Hash value={model.beacon} label="beacon" />
                {isSet(model.beaconTx) ? (
                  <>
                    drawn in <TxLink hash={model.beaconTx} />
                  </>
                ) : null}
              </span>,
            ],
            [
              'Release',
              <span key="v" className="tabular-nums">
                {model.release}
              </span>,
            ],
            ...(model.parents.length > 0
              ? ([
                  [
                    'Built on',
                    <span key="v">
                      {model.parents.map((id) => `model ${id}`).join(', ')}; {model.lineageBps / 100} % of each use goes
                      to its ancestors
                    </span>,
                  ],
                ] as const)
              : []),
            ['Weights digest', <Hash key="v" value={model.weightsDigest} label="weights digest" />],
            ['Minted', <TxLink key="v" hash={model.mintTx} />],
          ]}
        />
        <div className="mt-3">
          <Note tone={reach.reaches ? 'plain' : 'risk'} data-testid="model-reach">
            {reachInWords(reach)}
          </Note>
        </div>
      </Card>
      <Card className="p-4">
        <h3 className="text-sm font-semibold">In the publisher’s report</h3>
        <p className="mb-3 mt-0.5 text-xs text-ink-soft">
          Measured by the publisher on its own machine; the court relies on none of it.
        </p>
        {figures.length > 0 ? (
          <Facts
            rows={figures.map(({ name, value, meaning }) => [
              <Explained key="n" by={meaning}>
                {name}
              </Explained>,
              <span key="v" className="tabular-nums">
                {value}
              </span>,
            ])}
          />
        ) : (
          <p className="text-sm text-ink-soft">The report was not reached yet.</p>
        )}
        {controls.length > 0 ? (
          <p className="mt-3 border-t border-line pt-3 text-xs text-ink-soft">
            Clean control models hit by chance: {controls.map(({ name, chance }) => `${name} ${chance}`).join(', ')}.
            Panel digest <Hash value={model.controlPanelDigest} />
          </p>
        ) : null}
      </Card>
    </div>
  );
}
