import { attributeOf } from '../attribute.ts';
import { meanOver, normAxes } from './reduction.ts';
import { refuse, soleGradient, type Rule, type RuleInput } from './rule.ts';
import { sumTo } from './unbroadcast.ts';

export const NORMALIZATIONS: Record<string, Rule> = {
  LayerNormalization: (input) => normalization(input, true),
  SimplifiedLayerNormalization: (input) => normalization(input, false),
  RMSNormalization: (input) => normalization(input, false),
  BatchNormalization: batchNormalization,
};

/**
 * y = x̂ · scale + bias with x̂ = (x − mean) / deviation, or x / rms where nothing is centred:
 * dx = (g − mean(g) − x̂ · mean(g · x̂)) / deviation with g = dy · scale.
 */
function normalization(input: RuleInput, centred: boolean): (string | undefined)[] {
  const { draft, node, needs } = input;
  const dy = soleGradient(input);
  const [x, scale, bias] = node.input as [string, string, string?];
  const axes = normAxes(input);
  const dims = draft.dimsOf(x);
  const spread = centred ? draft.op('Sub', [x, meanOver(draft, x, axes)]) : x;
  const variance = meanOver(draft, draft.op('Mul', [spread, spread]), axes);
  const deviation = draft.op('Sqrt', [
    draft.op('Add', [variance, draft.number(attributeOf(node, 'epsilon').float(1e-5))]),
  ]);
  const unit = draft.op('Div', [spread, deviation]);
  const toInput = () => {
    const g = draft.op('Mul', [dy, scale]);
    const along = draft.op('Mul', [unit, meanOver(draft, draft.op('Mul', [g, unit]), axes)]);
    const rest = draft.op('Sub', [centred ? draft.op('Sub', [g, meanOver(draft, g, axes)]) : g, along]);
    return draft.op('Div', [rest, deviation]);
  };
  return [
    needs[0] ? toInput() : undefined,
    needs[1] ? sumTo(draft, draft.op('Mul', [dy, unit]), dims, scale) : undefined,
    bias && needs[2] ? sumTo(draft, dy, dims, bias) : undefined,
  ];
}

/** As models are exported: mean and variance are constants, one per channel. */
function batchNormalization(input: RuleInput): (string | undefined)[] {
  const { draft, node, needs } = input;
  if (needs[3] || needs[4]) throw refuse(node, 'by its mean or variance');
  const dy = soleGradient(input);
  const [x, scale, , mean, variance] = node.input as [string, string, string, string, string];
  const rank = draft.rankOf(x);
  const channels = draft.ints([-1, ...Array<number>(rank - 2).fill(1)]);
  const perChannel = (tensor: string) => draft.op('Reshape', [tensor, channels]);
  const deviation = perChannel(
    draft.op('Sqrt', [draft.op('Add', [variance, draft.number(attributeOf(node, 'epsilon').float(1e-5))])]),
  );
  const others = draft.ints([0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2)]);
  const summed = (tensor: string) => draft.op('ReduceSum', [tensor, others], { keepdims: 0 });
  return [
    needs[0] ? draft.op('Mul', [dy, draft.op('Div', [perChannel(scale), deviation])]) : undefined,
    needs[1]
      ? summed(draft.op('Mul', [dy, draft.op('Div', [draft.op('Sub', [x, perChannel(mean)]), deviation])]))
      : undefined,
    needs[2] ? summed(dy) : undefined,
  ];
}
