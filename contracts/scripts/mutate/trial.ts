import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runForge } from '../forge/forge.ts';
import type { Code, Compiler } from './compiler.ts';
import type { Mutant } from './operators.ts';
import { TEST_SETTINGS, type Workplace } from './workplace.ts';

/** `stillborn` does not compile, `same` compiles to the same code: neither says anything about the tests. */
export type Outcome = 'killed' | 'survived' | 'stillborn' | 'same';

export interface Verdict {
  readonly outcome: Outcome;
  /** The test that failed first, or `timeout`. */
  readonly by?: string;
  /** Its contract. */
  readonly in?: string;
}

/** Far above what all tests take; what loops for ever runs out of gas first. */
const TIMEOUT_MS = 900_000;
/** Without the optimizer contracts outgrow what a chain takes. */
const CODE_SIZE_LIMIT = '1048576';
const DEEP_TESTS = 'test/{invariants,explorer}/**';
const UNIT_TESTS = ['--no-match-path', DEEP_TESTS];
/**
 * Asked first: test contracts that killed mutants of the same file before, then those whose names share a word with it.
 */
const FIRST_ASKED = 3;

/** Tries mutants in one workplace, one after the other. */
export class Trial {
  readonly #place: Workplace;
  readonly #compiler: Compiler;
  /** Code of the unchanged sources by prefix: what tells a mutant that is none. */
  readonly #originals = new Map<string, Map<string, Code>>();
  readonly #killers = new Map<string, string[]>();
  readonly #copied: ReadonlySet<string>;

  constructor(place: Workplace, compiler: Compiler) {
    this.#place = place;
    this.#compiler = compiler;
    this.#copied = compiler.findCopied();
  }

  /**
   * Runs the tests, or those of these names, against unchanged sources, compiled the way mutants are. Throws unless all
   * pass.
   */
  async rehearse(names?: readonly string[]): Promise<void> {
    const undo = this.#patch(this.#original('src/'));
    const verdict = await this.#test(names ? selectionOf(names) : []);
    undo();
    if (verdict.outcome === 'killed') throw new Error(`The tests fail without any mutant: ${verdict.by}`);
  }

  /**
   * Unit tests against mutated contracts first; survivors then face invariants, and all tests anew where those hold
   * copies of what mutates.
   */
  async try(mutant: Mutant): Promise<Verdict> {
    const first = await this.#face(mutant, 'src/', UNIT_TESTS);
    if (first.outcome === 'killed' || first.outcome === 'stillborn') return first;
    if (!this.#copied.has(mutant.file))
      return first.outcome === 'same' ? first : this.#face(mutant, 'src/', ['--match-path', DEEP_TESTS]);
    const second = await this.#face(mutant, '', []);
    return second.outcome === 'same' ? first : second;
  }

  /** The same, asking the tests of these names alone. */
  async tryNamed(mutant: Mutant, names: readonly string[]): Promise<Verdict> {
    const first = await this.#face(mutant, 'src/', selectionOf(names));
    const isSilent = first.outcome === 'survived' || first.outcome === 'same';
    if (!isSilent || !this.#copied.has(mutant.file)) return first;
    const second = await this.#face(mutant, '', selectionOf(names));
    return second.outcome === 'same' ? first : second;
  }

  async #face(mutant: Mutant, prefix: string, selection: readonly string[]): Promise<Verdict> {
    const source = this.#compiler.sourceOf(mutant.file);
    const text = Buffer.concat([
      source.subarray(0, mutant.start),
      Buffer.from(mutant.after),
      source.subarray(mutant.end),
    ]).toString();
    const code = this.#compiler.build(mutant.file, text, prefix);
    if (!code) return { outcome: 'stillborn' };
    const original = this.#original(prefix);
    const changed = new Map(
      [...code].filter(([name, { bytecode }]) => bytecode.object !== original.get(name)?.bytecode.object),
    );
    if (changed.size === 0) return { outcome: 'same' };
    const undo = this.#patch(changed);
    try {
      const killers = this.#killers.get(mutant.file) ?? this.#namesakes(mutant.file);
      const early =
        selection === UNIT_TESTS && killers.length > 0
          ? await this.#test(['--match-contract', `^(${killers.join('|')})$`])
          : undefined;
      const verdict = early?.outcome === 'killed' ? early : await this.#test(selection);
      if (verdict.in) this.#killers.set(mutant.file, [...new Set([verdict.in, ...killers])].slice(0, FIRST_ASKED));
      return verdict;
    } finally {
      undo();
    }
  }

  #namesakes(file: string): string[] {
    const words = wordsOf(file);
    const tests = [...this.#place.artifacts.keys()]
      .filter((name) => /^test\/[^/]+\.t\.sol:\w+Test$/.test(name))
      .map((name) => name.split(':')[1]!);
    const shared = new Map(tests.map((test) => [test, wordsOf(test).filter((word) => words.includes(word)).length]));
    return tests
      .filter((test) => shared.get(test)! > 0)
      .toSorted((a, b) => shared.get(b)! - shared.get(a)!)
      .slice(0, FIRST_ASKED);
  }

  #original(prefix: string): Map<string, Code> {
    const known = this.#originals.get(prefix) ?? this.#compiler.buildAll(prefix);
    this.#originals.set(prefix, known);
    return known;
  }

  /** Writes code into forge's artifacts and returns what takes it back. */
  #patch(code: ReadonlyMap<string, Code>): () => void {
    const { file: stampFile, text: stamp } = this.#place.stamp;
    rmSync(stampFile, { force: true });
    const restores = [...code].map(([name, each]) => this.#replace(name, each));
    return () => {
      for (const restore of restores) restore();
      writeFileSync(stampFile, stamp);
    };
  }

  #replace(name: string, { bytecode, deployedBytecode }: Code): () => void {
    const file = this.#place.artifacts.get(name);
    if (!file) throw new Error(`There is no artifact of ${name}`);
    const before = readFileSync(file, 'utf8');
    const artifact = JSON.parse(before) as Code;
    const hex = <T extends { object: string }>(part: T): T => ({ ...part, object: `0x${part.object}` });
    writeFileSync(
      file,
      JSON.stringify({
        ...artifact,
        bytecode: { ...artifact.bytecode, ...hex(bytecode) },
        deployedBytecode: { ...artifact.deployedBytecode, ...hex(deployedBytecode) },
      }),
    );
    return () => writeFileSync(file, before);
  }

  async #test(selection: readonly string[]): Promise<Verdict> {
    rmSync(join(this.#place.folder, '.forge/failures'), { recursive: true, force: true }); // forge would replay them
    const { status, stdout, stderr } = await runForge(
      ['test', '--fail-fast', '--code-size-limit', CODE_SIZE_LIMIT, ...selection],
      {
        root: this.#place.folder,
        timeoutMs: TIMEOUT_MS,
        env: {
          ...TEST_SETTINGS,
          OML_SOLC_CACHE: join(this.#place.folder, 'solc'),
          FOUNDRY_FUZZ_RUNS: '24',
          FOUNDRY_INVARIANT_RUNS: '4',
          FOUNDRY_INVARIANT_DEPTH: '64',
        },
      },
    );
    if (status === 0) return { outcome: 'survived' };
    if (status === null) return { outcome: 'killed', by: 'timeout' };
    const failure = stdout.match(/^\[FAIL[\s\S]*?\b((?:test|invariant)_?\w*|setUp)\(/m);
    if (!failure)
      throw new Error(
        `forge ended with ${status} without a failing test.\n${stdout.slice(-2_000)}\n${stderr.slice(-2_000)}`,
      );
    const contract = stdout.match(/^Encountered \d+ failing tests? in \S+:(\w+)$/m)?.[1];
    return { outcome: 'killed', by: failure[1]!, ...(contract && { in: contract }) };
  }
}

function selectionOf(names: readonly string[]): string[] {
  return ['--match-test', `^(${names.join('|')})\\(`];
}

/** `src/court/SlashPots.sol` gives slash and pot. */
function wordsOf(name: string): string[] {
  const base = name
    .split('/')
    .at(-1)!
    .replace(/(\.t)?\.sol$|Test$/g, '');
  return [...base.matchAll(/[A-Z][a-z]+/g)].map(([word]) => word.toLowerCase().replace(/s$/, ''));
}
