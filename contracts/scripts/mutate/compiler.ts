import { createRequire } from 'node:module';
import { posix } from 'node:path';
import { childrenOf, type AstNode } from './ast.ts';
import type { CompilerInput } from './workplace.ts';

const solc = createRequire(import.meta.url)('solc') as { compile(input: string): string };

/** The members of `evm` that an artifact of forge holds. */
export interface Code {
  readonly bytecode: { readonly object: string; readonly linkReferences: unknown };
  readonly deployedBytecode: {
    readonly object: string;
    readonly linkReferences: unknown;
    readonly immutableReferences: unknown;
  };
}

interface CompilerOutput {
  readonly errors?: readonly { severity: string }[];
  readonly sources?: Readonly<Record<string, { ast: AstNode }>>;
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, { evm: Code }>>>>;
}

const CODE = [
  'evm.bytecode.object',
  'evm.bytecode.linkReferences',
  'evm.deployedBytecode.object',
  'evm.deployedBytecode.linkReferences',
  'evm.deployedBytecode.immutableReferences',
];

/**
 * One solc that stays loaded: a mutant costs about a second, since nothing but the contracts that the changed file
 * reaches is
 * generated, without the optimizer and without metadata.
 */
export class Compiler {
  readonly #input: CompilerInput;
  readonly #importers: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(input: CompilerInput) {
    this.#input = input;
    this.#importers = importersOf(input);
  }

  sourceOf(file: string): Buffer {
    return Buffer.from(this.#input.sources[file]!.content);
  }

  /** Syntax trees of the files whose path starts with `prefix`. */
  parse(prefix: string): Map<string, AstNode> {
    const selection = Object.fromEntries(this.#files(prefix).map((file) => [file, { '': ['ast'] }]));
    const output = this.#compile({}, selection);
    return new Map(this.#files(prefix).map((file) => [file, output.sources![file]!.ast]));
  }

  /**
   * Sources whose code also lies in contracts of the tests: libraries and free functions are copied to whoever calls
   * them, contracts to
   * whoever inherits from one or holds its code. What a test merely creates comes from an artifact.
   */
  findCopied(): Set<string> {
    const tops = [...this.parse('src/')].flatMap(([file, unit]) => childrenOf(unit).map((node) => ({ file, node })));
    const fileOf = new Map(tops.map(({ file, node }) => [node['id'], file]));
    const tests = Object.entries(this.#input.sources).filter(([file]) => /^(test|testing)\//.test(file));
    const named = new Set(
      tests
        .flatMap(([, { content }]) => [...content.matchAll(/\bis ([^{;]+)\{|\bnew (\w+)|\btype\((\w+)\)/g)])
        .flatMap((match) => match.slice(1).join(' ').match(/\w+/g) ?? []),
    );
    const copied = tops.flatMap(({ file, node }) => {
      if (['FunctionDefinition', 'VariableDeclaration'].includes(node.nodeType) || node['contractKind'] === 'library')
        return [file];
      return named.has(node['name'] as string)
        ? ((node['linearizedBaseContracts'] as number[] | undefined) ?? []).map((id) => fileOf.get(id) ?? file)
        : [];
    });
    return new Set(copied);
  }

  /** Code of every contract under `prefix`, by `path:Contract`. */
  buildAll(prefix: string): Map<string, Code> {
    const code = this.#build({}, this.#files(prefix));
    if (!code) throw new Error('The unchanged sources do not compile without the optimizer.');
    return code;
  }

  /** Code of every contract under `prefix` that `file` may change; undefined if its new text does not compile. */
  build(file: string, text: string, prefix: string): Map<string, Code> | undefined {
    const reached = [...this.#importers.get(file)!].filter((each) => each.startsWith(prefix));
    return this.#build({ [file]: { content: text } }, reached);
  }

  #build(
    changed: Readonly<Record<string, { content: string }>>,
    files: readonly string[],
  ): Map<string, Code> | undefined {
    const output = this.#compile(changed, Object.fromEntries(files.map((file) => [file, { '*': CODE }])));
    if (output.errors?.some(({ severity }) => severity === 'error')) return undefined;
    const contracts = Object.entries(output.contracts ?? {}).flatMap(([path, byName]) =>
      Object.entries(byName).map(([name, { evm }]) => [`${path}:${name}`, evm] as const),
    );
    return new Map(contracts.filter(([, { bytecode }]) => bytecode.object !== ''));
  }

  #files(prefix: string): string[] {
    return Object.keys(this.#input.sources).filter((file) => file.startsWith(prefix));
  }

  #compile(changed: Readonly<Record<string, { content: string }>>, outputSelection: unknown): CompilerOutput {
    const settings = {
      ...this.#input.settings,
      optimizer: { enabled: false },
      metadata: { appendCBOR: false, bytecodeHash: 'none' },
      outputSelection,
    };
    const sources = { ...this.#input.sources, ...changed };
    return JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings }))) as CompilerOutput;
  }
}

/** For each source, itself and all that import it, directly or through others. */
function importersOf({ sources }: CompilerInput): Map<string, Set<string>> {
  const direct = new Map<string, string[]>(Object.keys(sources).map((file) => [file, []]));
  for (const [file, { content }] of Object.entries(sources)) {
    for (const [, path] of content.matchAll(/^\s*import\s[^;]*?"([^"]+)"\s*;/gm)) {
      direct.get(path!.startsWith('.') ? posix.join(posix.dirname(file), path!) : path!)?.push(file);
    }
  }
  const reach = (file: string, found = new Set<string>()): Set<string> => {
    if (found.has(file)) return found;
    found.add(file);
    for (const importer of direct.get(file) ?? []) reach(importer, found);
    return found;
  };
  return new Map(Object.keys(sources).map((file) => [file, reach(file)]));
}
