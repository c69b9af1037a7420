import { Amount } from '@oml/ui/amount';
import { Figure, Figures } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import type { ShownModel, ShownTitleBond } from './shown-model.ts';

/** What a buyer looks at first: price, who serves, who buys; then what a host puts up. */
export function ModelFigures({ model, title }: { model: ShownModel; title: ShownTitleBond | undefined }) {
  const { serve } = model.offers;
  return (
    <Figures>
      {serve ? (
        <Figure name={<Definition of="floor price">Price from</Definition>} value={<Amount value={serve.price} />} />
      ) : null}
      <Figure name="Hosts" value={model.hostCount} />
      <Figure name={<Definition of="booked">Uses booked</Definition>} value={model.useCount.toLocaleString('en')} />
      <Figure
        name="Paid for uses"
        value={<Amount value={model.revenue} tone={model.revenue > 0n ? 'money' : 'plain'} />}
      />
      {serve ? (
        <Figure name={<Definition of="bond">Bond per license</Definition>} value={<Amount value={serve.bond} />} />
      ) : null}
      {title ? (
        <Figure name={<Definition of="title bond">Title bond</Definition>} value={<Amount value={title.bond} />} />
      ) : null}
    </Figures>
  );
}
