import { createHash } from 'node:crypto';
import { childrenOf, functionsOf, parentMap, spanOf, type AstNode } from './ast.ts';

/** One small change of one source file that a test should notice. Offsets count bytes of the file. */
export interface Mutant {
  /** Stable while the function's text stays as it is. */
  readonly id: string;
  readonly file: string;
  readonly operator: Operator;
  readonly where: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

export type Operator =
  | 'relation'
  | 'arithmetic'
  | 'boolean'
  | 'condition'
  | 'assignment'
  | 'delete'
  | 'event'
  | 'constant'
  | 'modifier'
  | 'rounding'
  | 'arguments'
  | 'rule'; // not found, but written by hand (scripts/rules)

interface Change {
  readonly operator: Operator;
  readonly node: AstNode;
  readonly after: string;
}

/** What stands where a statement stood: a condition before it still needs one. */
const NOTHING = '{}';
const SWAPS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '==': ['!='],
  '!=': ['=='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '**': ['*'],
  '<<': ['>>'],
  '>>': ['<<'],
  '&': ['|'],
  '|': ['&'],
  '^': ['&'],
  '&&': ['||'],
  '||': ['&&'],
};
const ASSIGNMENT_SWAPS: Readonly<Record<string, readonly string[]>> = {
  '+=': ['-=', '='],
  '-=': ['+=', '='],
  '*=': ['='],
  '/=': ['='],
  '|=': ['='],
  '&=': ['='],
};
const NAME_SWAPS: Readonly<Record<string, string>> = {
  min: 'max',
  max: 'min',
  Ceil: 'Floor',
  Floor: 'Ceil',
  saturatingSub: 'saturatingAdd',
};

const COMMUTATIVE = /\.(min|max|saturatingAdd|commutativeKeccak256)$/;

/** Every mutant of one source unit: of function and modifier bodies, modifier lists and the values of constants. */
export function mutantsOf(file: string, source: Buffer, unit: AstNode): Mutant[] {
  const parents = parentMap(unit);
  const mutants: Mutant[] = [];
  const seen = new Map<string, number>();
  for (const { name, node } of functionsOf(unit)) {
    for (const change of walk(node).flatMap((at) => changesAt(at, source, parents))) {
      const mutant = toMutant(file, source, name, change, seen);
      if (mutant.before !== mutant.after) mutants.push(mutant);
    }
  }
  return mutants;
}

function walk(node: AstNode): AstNode[] {
  return [node, ...childrenOf(node).flatMap(walk)];
}

function changesAt(node: AstNode, source: Buffer, parents: ReadonlyMap<AstNode, AstNode>): Change[] {
  switch (node.nodeType) {
    case 'BinaryOperation':
      return binaryChanges(node, source);
    case 'UnaryOperation':
      return unaryChanges(node, source, parents);
    case 'Assignment':
      return (ASSIGNMENT_SWAPS[node['operator'] as string] ?? []).map((after) => ({
        operator: 'assignment',
        node,
        after: joined(node, after, source, 'leftHandSide', 'rightHandSide'),
      }));
    case 'IfStatement':
    case 'Conditional':
      return ['true', 'false'].map((after) => ({ operator: 'condition', node: node['condition'] as AstNode, after }));
    case 'ExpressionStatement':
      return isLoopStep(node, parents) ? [] : [{ operator: 'delete', node, after: NOTHING }];
    case 'RevertStatement': // those behind a condition fall with it
      return parents.get(node)?.nodeType === 'Block' ? [{ operator: 'delete', node, after: NOTHING }] : [];
    case 'EmitStatement':
      return [{ operator: 'event', node, after: NOTHING }];
    case 'Literal':
      return literalChanges(node);
    case 'ModifierInvocation':
      return isBaseConstructor(node) ? [] : [{ operator: 'modifier', node, after: '' }];
    case 'MemberAccess':
      return nameChanges(node, source);
    case 'FunctionCall':
      return argumentChanges(node, source);
    default:
      return [];
  }
}

function binaryChanges(node: AstNode, source: Buffer): Change[] {
  const operator = node['operator'] as string;
  const kind: Operator = ['&&', '||'].includes(operator)
    ? 'boolean'
    : /^([<>]=?|[=!]=)$/.test(operator)
      ? 'relation'
      : 'arithmetic';
  return (SWAPS[operator] ?? []).map((after) => ({
    operator: kind,
    node,
    after: joined(node, after, source, 'leftExpression', 'rightExpression'),
  }));
}

function unaryChanges(node: AstNode, source: Buffer, parents: ReadonlyMap<AstNode, AstNode>): Change[] {
  const text = textOf(node, source);
  if (node['operator'] === '!') return [{ operator: 'boolean', node, after: text.slice(1) }];
  if (node['operator'] === '-') return [{ operator: 'arithmetic', node, after: text.slice(1) }];
  const parent = parents.get(node);
  if (!['++', '--'].includes(node['operator'] as string) || (parent && isLoopStep(parent, parents))) return [];
  return [
    {
      operator: 'arithmetic',
      node,
      after: node['operator'] === '++' ? text.replace('++', '--') : text.replace('--', '++'),
    },
  ];
}

function literalChanges(node: AstNode): Change[] {
  const value = node['value'] as string;
  if (node['kind'] === 'bool') return [{ operator: 'constant', node, after: value === 'true' ? 'false' : 'true' }];
  if (node['kind'] !== 'number' || !/^(0x[0-9a-fA-F]{1,38}|[0-9_]+)$/.test(value)) return [];
  const unit = node['subdenomination'] ? ` ${node['subdenomination'] as string}` : '';
  return [{ operator: 'constant', node, after: `${BigInt(value.replaceAll('_', '')) + 1n}${unit}` }];
}

function nameChanges(node: AstNode, source: Buffer): Change[] {
  const after = NAME_SWAPS[node['memberName'] as string];
  const inner = node['expression'] as AstNode;
  const owner = textOf(inner, source);
  if (!after || !/Math|Rounding/.test(owner)) return [];
  return [{ operator: 'rounding', node, after: `${owner}.${after}` }];
}

/** Two neighbouring arguments of one type, swapped. */
function argumentChanges(node: AstNode, source: Buffer): Change[] {
  if (node['kind'] !== 'functionCall' || ((node['names'] as string[] | undefined) ?? []).length > 0) return [];
  const args = (node['arguments'] as AstNode[] | undefined) ?? [];
  const type = (arg: AstNode) => (arg['typeDescriptions'] as { typeString?: string } | undefined)?.typeString;
  const callee = textOf(node['expression'] as AstNode, source);
  if (COMMUTATIVE.test(callee)) return [];
  return args.slice(1).flatMap((arg, i) => {
    const before = args[i]!;
    if (type(arg) !== type(before) || textOf(arg, source) === textOf(before, source)) return [];
    const texts = args.map((each) => textOf(each, source));
    [texts[i], texts[i + 1]] = [texts[i + 1]!, texts[i]!];
    return [{ operator: 'arguments' as const, node, after: `${callee}(${texts.join(', ')})` }];
  });
}

/** `++i` in the head of a for loop: without it, the loop never ends. */
function isLoopStep(statement: AstNode, parents: ReadonlyMap<AstNode, AstNode>): boolean {
  return (
    parents.get(statement)?.nodeType === 'ForStatement' && parents.get(statement)?.['loopExpression'] === statement
  );
}

function isBaseConstructor(node: AstNode): boolean {
  return node['kind'] === 'baseConstructorSpecifier';
}

function joined(node: AstNode, operator: string, source: Buffer, left: string, right: string): string {
  return `${textOf(node[left] as AstNode, source)} ${operator} ${textOf(node[right] as AstNode, source)}`;
}

function textOf(node: AstNode, source: Buffer): string {
  const { start, end } = spanOf(node);
  return source.subarray(start, end).toString();
}

function toMutant(file: string, source: Buffer, where: string, change: Change, seen: Map<string, number>): Mutant {
  const { start, end } = spanOf(change.node);
  const before = source.subarray(start, end).toString();
  const identity = [file, where, change.operator, before, change.after].join('\n');
  const nth = seen.get(identity) ?? 0;
  seen.set(identity, nth + 1);
  const id = createHash('sha256').update(`${identity}\n${nth}`).digest('hex').slice(0, 12);
  const line = source.subarray(0, start).toString().split('\n').length;
  // A statement's node ends before its semicolon.
  const stop = change.after === NOTHING && source[end] === 0x3b ? end + 1 : end;
  return { id, file, operator: change.operator, where, line, start, end: stop, before, after: change.after };
}
