/** A node of solc's AST: what the operators read of it. */
export interface AstNode {
  readonly nodeType: string;
  /** `start:length:file`, in bytes. */
  readonly src: string;
  readonly [member: string]: unknown;
}

export function spanOf(node: AstNode): { start: number; end: number } {
  const [start, length] = node.src.split(':').map(Number) as [number, number];
  return { start, end: start + length };
}

export function childrenOf(node: AstNode): AstNode[] {
  return Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);
}

export function parentMap(root: AstNode): Map<AstNode, AstNode> {
  const parents = new Map<AstNode, AstNode>();
  const visit = (node: AstNode) => {
    for (const child of childrenOf(node)) {
      parents.set(child, node);
      visit(child);
    }
  };
  visit(root);
  return parents;
}

/**
 * What holds behaviour: functions and modifiers of contracts and libraries, free functions, and constants with a number
 * for a value.
 */
export function functionsOf(unit: AstNode): { name: string; node: AstNode }[] {
  const members = childrenOf(unit).flatMap((top) => (top.nodeType === 'ContractDefinition' ? childrenOf(top) : [top]));
  return members
    .filter(isBehaviour)
    .map((node) => ({ name: (node['name'] as string) || (node['kind'] as string), node }));
}

function isBehaviour(node: AstNode): boolean {
  if (node.nodeType === 'FunctionDefinition' || node.nodeType === 'ModifierDefinition') return isNode(node['body']);
  return node.nodeType === 'VariableDeclaration' && node['constant'] === true && isNode(node['value']);
}

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && 'nodeType' in value && 'src' in value;
}
