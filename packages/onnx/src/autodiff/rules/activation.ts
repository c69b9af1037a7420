import { attributeOf } from '../attribute.ts';
import type { GraphDraft } from '../draft.ts';
import { isFloat } from '../shapes/facts.ts';
import { refuse, soleGradient, type Rule } from './rule.ts';

interface Activation {
  draft: GraphDraft;
  x: string;
  y: string;
  dy: string;
  attribute: (name: string) => ReturnType<typeof attributeOf>;
}

/** A rule for an operator that acts on each element alone. */
function elementwise(gradient: (values: Activation) => string): Rule {
  return (input) => {
    const { draft, node } = input;
    return [
      gradient({
        draft,
        x: node.input[0]!,
        y: node.output[0]!,
        dy: soleGradient(input),
        attribute: (name) => attributeOf(node, name),
      }),
    ];
  };
}

const times = (draft: GraphDraft, ...factors: string[]): string =>
  factors.reduce((product, factor) => draft.op('Mul', [product, factor]));
const when = (draft: GraphDraft, condition: string, yes: string, no: string): string =>
  draft.op('Where', [condition, yes, no]);
const positive = (draft: GraphDraft, x: string): string => draft.op('Greater', [x, draft.number(0)]);

const LOGISTIC_SLOPE = ({ draft, y, dy }: Activation): string =>
  times(draft, dy, y, draft.op('Sub', [draft.number(1), y]));

/** d/dx of x·Φ(x), exactly or in the tanh form (Hendrycks & Gimpel, arXiv:1606.08415). */
function geluSlope(draft: GraphDraft, x: string, approximate: boolean): string {
  const half = draft.number(0.5);
  if (!approximate) {
    const cumulative = times(
      draft,
      half,
      draft.op('Add', [draft.number(1), draft.op('Erf', [times(draft, x, draft.number(Math.SQRT1_2))])]),
    );
    const density = times(
      draft,
      draft.number(1 / Math.sqrt(2 * Math.PI)),
      draft.op('Exp', [times(draft, draft.number(-0.5), x, x)]),
    );
    return draft.op('Add', [cumulative, times(draft, x, density)]);
  }
  const [scale, cubic] = [draft.number(Math.sqrt(2 / Math.PI)), draft.number(0.044715)];
  const bent = draft.op('Tanh', [times(draft, scale, draft.op('Add', [x, times(draft, cubic, x, x, x)]))]);
  const inner = times(draft, scale, draft.op('Add', [draft.number(1), times(draft, draft.number(3 * 0.044715), x, x)]));
  const slope = times(draft, half, x, draft.op('Sub', [draft.number(1), times(draft, bent, bent)]), inner);
  return draft.op('Add', [times(draft, half, draft.op('Add', [draft.number(1), bent])), slope]);
}

export const ACTIVATIONS: Record<string, Rule> = {
  Identity: elementwise(({ dy }) => dy),
  Neg: elementwise(({ draft, dy }) => draft.op('Neg', [dy])),
  Abs: elementwise(({ draft, x, dy }) => times(draft, dy, draft.op('Sign', [x]))),
  Exp: elementwise(({ draft, y, dy }) => times(draft, dy, y)),
  Log: elementwise(({ draft, x, dy }) => draft.op('Div', [dy, x])),
  Sin: elementwise(({ draft, x, dy }) => times(draft, dy, draft.op('Cos', [x]))),
  Cos: elementwise(({ draft, x, dy }) => draft.op('Neg', [times(draft, dy, draft.op('Sin', [x]))])),
  Sqrt: elementwise(({ draft, y, dy }) => draft.op('Div', [times(draft, dy, draft.number(0.5)), y])),
  Reciprocal: elementwise(({ draft, y, dy }) => draft.op('Neg', [times(draft, dy, y, y)])),
  Erf: elementwise(({ draft, x, dy }) =>
    times(draft, dy, draft.number(2 / Math.sqrt(Math.PI)), draft.op('Exp', [draft.op('Neg', [times(draft, x, x)])])),
  ),
  Tanh: elementwise(({ draft, y, dy }) => times(draft, dy, draft.op('Sub', [draft.number(1), times(draft, y, y)]))),
  Sigmoid: elementwise(LOGISTIC_SLOPE),
  Softplus: elementwise(({ draft, x, dy }) => times(draft, dy, draft.op('Sigmoid', [x]))),
  Relu: elementwise(({ draft, y, dy }) => when(draft, positive(draft, y), dy, draft.number(0))),
  LeakyRelu: elementwise(({ draft, x, dy, attribute }) =>
    when(draft, positive(draft, x), dy, times(draft, dy, draft.number(attribute('alpha').float(0.01)))),
  ),
  Elu: elementwise(({ draft, x, y, dy, attribute }) =>
    when(
      draft,
      positive(draft, x),
      dy,
      times(draft, dy, draft.op('Add', [y, draft.number(attribute('alpha').float(1))])),
    ),
  ),
  Gelu: elementwise(({ draft, x, dy, attribute }) =>
    times(draft, dy, geluSlope(draft, x, attribute('approximate').text('none') === 'tanh')),
  ),
  QuickGelu: elementwise(({ draft, x, dy, attribute }) => {
    const alpha = draft.number(attribute('alpha').float(1.702));
    const gate = draft.op('Sigmoid', [times(draft, alpha, x)]);
    return times(
      draft,
      dy,
      draft.op('Add', [gate, times(draft, alpha, x, gate, draft.op('Sub', [draft.number(1), gate]))]),
    );
  }),
  FastGelu: (input) => {
    if (input.node.input[1]) throw refuse(input.node, 'with a bias');
    return [times(input.draft, soleGradient(input), geluSlope(input.draft, input.node.input[0]!, true))];
  },
  Clip: (input) => {
    const { draft, node } = input;
    let dy = soleGradient(input);
    const [x, low, high] = node.input;
    if (low) dy = when(draft, draft.op('Less', [x!, low]), draft.number(0), dy);
    if (high) dy = when(draft, draft.op('Greater', [x!, high]), draft.number(0), dy);
    return [dy];
  },
  Cast: (input) => {
    const { draft, node } = input;
    if (!isFloat(attributeOf(node, 'to').int(1))) throw refuse(node, 'to a type without gradients');
    return [draft.op('CastLike', [soleGradient(input), node.input[0]!])];
  },
  // As models are exported: in training mode a mask would be drawn.
  Dropout: (input) => {
    if (input.node.input[2]) throw refuse(input.node, 'in training mode');
    return [soleGradient(input)];
  },
};
