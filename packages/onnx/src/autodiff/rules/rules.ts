import type { NodeProto } from 'onnx-buf';
import { ACTIVATIONS } from './activation.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { CONVOLUTIONS } from './convolution.ts';
import { INDEXING } from './indexing.ts';
import { LAYOUT } from './layout.ts';
import { PRODUCTS } from './matmul.ts';
import { NORMALIZATIONS } from './normalization.ts';
import { POOLING } from './pooling.ts';
import { REDUCTIONS } from './reduction.ts';
import { refuse, type Rule } from './rule.ts';

const RULES: Record<string, Rule> = {
  ...ARITHMETIC,
  ...ACTIVATIONS,
  ...PRODUCTS,
  ...REDUCTIONS,
  ...NORMALIZATIONS,
  ...LAYOUT,
  ...INDEXING,
  ...CONVOLUTIONS,
  ...POOLING,
};

/** Every operator that a gradient can pass. */
export const DIFFERENTIABLE: readonly string[] = Object.keys(RULES);

/** The rule of a node's operator. Throws MODEL_UNSUPPORTED. */
export function ruleOf(node: NodeProto): Rule {
  const rule = Object.hasOwn(RULES, node.opType) ? RULES[node.opType] : undefined;
  if (!rule) throw refuse(node, 'at all');
  return rule;
}
