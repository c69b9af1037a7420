import { childrenOf, type AstNode } from '../mutate/ast.ts';
import { analyse } from '../sources.ts';

export interface EntryPoint {
  /** `src/File.sol function` */
  readonly name: string;
  /** Fuzz tests that reach it, directly or through their fixtures. */
  readonly fuzzedBy: readonly string[];
}

/**
 * Every external function of `src/` that changes state, with the `testFuzz_` functions that call it. Read from the
 * compiler's syntax trees,
 * so a mention in a comment does not count, and a call through an interface or `abi.encodeCall` does.
 */
export function findEntryPoints(): EntryPoint[] {
  const units = new Map(
    Object.entries(analyse(['src', 'test', 'testing'], { '*': { '': ['ast'] } }).sources).map(([file, { ast }]) => [
      file,
      ast,
    ]),
  );
  const functions = new Map<number, AstNode>();
  for (const unit of units.values())
    for (const node of descendants(unit))
      if (node.nodeType === 'FunctionDefinition') functions.set(node['id'] as number, node);
  const reached = new Map<number, Set<string>>();
  for (const test of functions.values()) {
    if (!(test['name'] as string).startsWith('testFuzz_')) continue;
    for (const id of reachable(test, functions))
      reached.set(id, (reached.get(id) ?? new Set()).add(test['name'] as string));
  }
  return [...units]
    .filter(([file]) => file.startsWith('src/'))
    .flatMap(([file, unit]) =>
      contractsOf(unit)
        .flatMap((contract) => childrenOf(contract).filter(changesState))
        .map((node) => ({
          name: `${file} ${node['name'] as string}`,
          fuzzedBy: [
            ...new Set(declarations(node, functions).flatMap((id) => [...(reached.get(id) ?? [])])),
          ].toSorted(),
        })),
    );
}

/** Percent with one decimal, rounded down. */
export function fuzzedPercent(entryPoints: readonly EntryPoint[]): number {
  return (
    Math.floor((1_000 * entryPoints.filter(({ fuzzedBy }) => fuzzedBy.length > 0).length) / entryPoints.length) / 10
  );
}

function descendants(node: AstNode): AstNode[] {
  return [node, ...childrenOf(node).flatMap(descendants)];
}

/** Ids of all functions that a function names, or that those name. */
function reachable(start: AstNode, functions: ReadonlyMap<number, AstNode>): Set<number> {
  const found = new Set<number>();
  const open = [start];
  for (let node = open.pop(); node; node = open.pop()) {
    for (const { ['referencedDeclaration']: id } of descendants(node)) {
      if (typeof id !== 'number' || found.has(id) || !functions.has(id)) continue;
      found.add(id);
      open.push(functions.get(id)!);
    }
  }
  return found;
}

/** A function's own id and those of the interface functions that it implements. */
function declarations(node: AstNode, functions: ReadonlyMap<number, AstNode>): number[] {
  const bases = ((node['baseFunctions'] as number[] | undefined) ?? [])
    .map((id) => functions.get(id))
    .filter((base) => base !== undefined);
  return [node['id'] as number, ...bases.flatMap((base) => declarations(base, functions))];
}

function contractsOf(unit: AstNode): AstNode[] {
  return childrenOf(unit).filter(
    (node) => node.nodeType === 'ContractDefinition' && node['contractKind'] === 'contract',
  );
}

function changesState(node: AstNode): boolean {
  const isOpen =
    ['external', 'public'].includes(node['visibility'] as string) &&
    ['nonpayable', 'payable'].includes(node['stateMutability'] as string);
  return (
    node.nodeType === 'FunctionDefinition' && node['kind'] === 'function' && node['implemented'] === true && isOpen
  );
}
