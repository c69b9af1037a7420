import type { NodeProto } from 'onnx-buf';
import { OmlError } from '@oml/protocol/error';
import type { GraphDraft } from '../draft.ts';

/** What a rule gets: the node, the gradients of its outputs (undefined = none) and which inputs need one. */
export interface RuleInput {
  draft: GraphDraft;
  node: NodeProto;
  gradients: (string | undefined)[];
  needs: boolean[];
}

/** Appends the gradient of each needed input; undefined elsewhere. */
export type Rule = (input: RuleInput) => (string | undefined)[];

/** Gradient of the only differentiated output. Throws MODEL_UNSUPPORTED where a side output is used. */
export function soleGradient({ node, gradients }: RuleInput): string {
  if (gradients[0] === undefined || gradients.slice(1).some((gradient) => gradient !== undefined))
    throw refuse(node, 'through a side output');
  return gradients[0];
}

export function refuse(node: NodeProto, why: string): OmlError {
  return new OmlError(
    'MODEL_UNSUPPORTED',
    `No gradient is known for the operator "${node.opType}" ${why} (node "${node.name || node.output[0]}").`,
    { details: { operator: node.opType } },
  );
}
