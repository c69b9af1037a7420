/**
 * How often clean models are taken for marked ones: `node packages/fingerprint/bench/false-positives.ts [tests]`.
 * Prints and keeps the figures.
 */
import { weighEvidence } from '../src/evidence/e-process.ts';
import { seededRandom } from '@oml/onnx/seeded-random';
import { hitPoints } from '@oml/protocol/evidence/score';
import { walkEvidence } from '../src/evidence/evidence.ts';
import { writePart } from './part.ts';

const TESTS = Number(process.argv[2] ?? 1_000_000);
const KEYS = 64;
const BITS = 4;
/** The first rung of the ladder; the higher ones are too rare to be seen in a million tests. */
const LEVEL = 1e-3;
/** Score at which the chain's walk has the same bound: 2^−10 < 1e-3. */
const WALK = 10;
const command = `node packages/fingerprint/bench/false-positives.ts ${TESTS}`;

/**
 * A clean host hits each key with the highest chance that the beacon leaves it; the verifier looks after every answer.
 */
function simulate(): { process: number; walk: number } {
  const random = seededRandom(20_261_122);
  const found = { process: 0, walk: 0 };
  const chance = 2 ** -BITS;
  for (let test = 0; test < TESTS; test++) {
    const hits = Array.from({ length: KEYS }, () => random() < chance);
    // Only tests with some hits can reach a rung: the e-value never exceeds its value at three hits in a row before
    // that.
    if (hits.filter(Boolean).length >= 3) {
      found.process += Number(weighEvidence(hits.map((hit) => ({ hit, chance }))).highestLogE >= Math.log(1 / LEVEL));
      found.walk += Number(
        walkEvidence(
          hits.map((hit) => ({ hit, points: hitPoints(BITS) })),
          WALK,
        ).verdict === 'match',
      );
    }
  }
  return { process: found.process / TESTS, walk: found.walk / TESTS };
}

const { process: byProcess, walk } = simulate();
console.log(
  `e-process at ${LEVEL}: ${byProcess} of at most ${LEVEL}; walk at score ${WALK}: ${walk} of at most ${2 ** -WALK} (${TESTS} tests of ${KEYS} keys)`,
);
writePart({
  name: 'false-positives',
  figures: [
    {
      metric: 'fpr.measured',
      value: byProcess,
      unit: 'fraction',
      target: `at most ${LEVEL}`,
      anchor: "Ville's inequality, any stopping time",
      command,
    },
    { metric: 'fpr.bound', value: LEVEL, unit: 'fraction', target: '', anchor: 'level of the first rung', command },
  ],
  tables: [
    {
      title: `False positives over ${TESTS.toLocaleString('en')} simulated tests of ${KEYS} keys, looked at after every answer`,
      columns: ['test', 'measured', 'bound'],
      rows: [
        ['e-process, rung 1e-3', byProcess, LEVEL],
        [`evidence walk of the chain, score ${WALK}`, walk, 2 ** -WALK],
      ],
    },
  ],
});
