import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { measuredOnLine } from './measured-on.ts';
import { cpuFeatures, measuredOnNode } from './measured-on-node.ts';

test('engine, version and CPU of this host stand in one line', () => {
  const found = measuredOnNode();
  expect(found.engine).toMatch(/^onnxruntime-node \d+\.\d+\.\d+, CPU$/);
  expect(found.features === 'unknown').toBe(!existsSync('/proc/cpuinfo'));
  expect(measuredOnLine(found)).toMatch(/^Measured on onnxruntime-node .*\(.+\)$/);
});

test('instructions are read where the system tells them, of x86 and ARM, and unknown elsewhere', () => {
  expect(cpuFeatures(() => 'processor\t: 0\nflags\t\t: fpu avx2 avx512_vnni rdpid\n')).toEqual(['avx2', 'avx512_vnni']);
  expect(cpuFeatures(() => 'Features\t: fp asimd asimddp i8mm\n')).toEqual(['asimddp', 'i8mm']);
  expect(cpuFeatures(() => 'hart\t: 0\n')).toBe('unknown');
  const absent = () => {
    throw new Error('ENOENT');
  };
  expect(measuredOnLine({ engine: 'e', cpu: 'c', features: cpuFeatures(absent) })).toMatch(/instructions unknown/);
});
