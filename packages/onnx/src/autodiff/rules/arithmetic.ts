import { broadcast } from '../shapes/facts.ts';
import { refuse, soleGradient, type Rule, type RuleInput } from './rule.ts';
import { sumTo } from './unbroadcast.ts';

type Partial = (input: RuleInput, dy: string) => string;

/**
 * A rule for an operator that broadcasts: each partial derivative times the gradient, summed back to its input's shape.
 */
function broadcasting(...partials: (Partial | undefined)[]): Rule {
  return (input) => {
    const dy = soleGradient(input);
    const { draft, node, needs } = input;
    const dims = broadcast(...node.input.map((name) => draft.dimsOf(name)));
    return node.input.map((name, i) => {
      if (!needs[i]) return undefined;
      const partial = partials[i];
      if (!partial) throw refuse(node, `by its input ${i}`);
      return sumTo(draft, partial(input, dy), dims, name);
    });
  };
}

const pass: Partial = (_, dy) => dy;

const spread: Rule = (input) => broadcasting(...input.node.input.map(() => pass))(input);

export const ARITHMETIC: Record<string, Rule> = {
  Add: spread,
  Sum: spread,
  Sub: broadcasting(pass, ({ draft }, dy) => draft.op('Neg', [dy])),
  Mul: broadcasting(
    ({ draft, node }, dy) => draft.op('Mul', [dy, node.input[1]!]),
    ({ draft, node }, dy) => draft.op('Mul', [dy, node.input[0]!]),
  ),
  Div: broadcasting(
    ({ draft, node }, dy) => draft.op('Div', [dy, node.input[1]!]),
    ({ draft, node }, dy) =>
      draft.op('Neg', [draft.op('Div', [draft.op('Mul', [dy, node.output[0]!]), node.input[1]!])]),
  ),
  Pow: broadcasting(
    ({ draft, node: { input } }, dy) => {
      const exponent =
        draft.factsOf(input[1]!)?.float === false ? draft.op('CastLike', [input[1]!, input[0]!]) : input[1]!;
      const lower = draft.op('Pow', [input[0]!, draft.op('Sub', [exponent, draft.number(1)])]);
      return draft.op('Mul', [dy, draft.op('Mul', [exponent, lower])]);
    },
    ({ draft, node }, dy) =>
      draft.op('Mul', [dy, draft.op('Mul', [node.output[0]!, draft.op('Log', [node.input[0]!])])]),
  ),
  Where: broadcasting(
    undefined,
    ({ draft, node }, dy) => draft.op('Where', [node.input[0]!, dy, draft.number(0)]),
    ({ draft, node }, dy) => draft.op('Where', [node.input[0]!, draft.number(0), dy]),
  ),
  Max: extreme('GreaterOrEqual'),
  Min: extreme('LessOrEqual'),
};

/** The gradient goes to the operand that won; the first one on a tie. */
function extreme(first: string): Rule {
  const chosen = (input: RuleInput) => {
    if (input.node.input.length !== 2) throw refuse(input.node, 'of other than two operands');
    return input.draft.op(first, [input.node.input[0]!, input.node.input[1]!]);
  };
  return broadcasting(
    (input, dy) => input.draft.op('Where', [chosen(input), dy, input.draft.number(0)]),
    (input, dy) => input.draft.op('Where', [chosen(input), input.draft.number(0), dy]),
  );
}
