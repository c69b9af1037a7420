import { describe, expect, it } from 'vitest';
import { featuresOf, sayMachine, thisMachine } from './machine.ts';

describe('the machine of a measurement', () => {
  it('has the instruction sets that answers can depend on, in both families', () => {
    expect(featuresOf('model name\t: A\nflags\t\t: fpu avx2 sse4_2 avx512_vnni\n')).toEqual(['avx2', 'avx512_vnni']);
    expect(featuresOf('Features\t: fp asimd asimddp i8mm\n')).toEqual(['asimd', 'asimddp', 'i8mm']);
    expect(featuresOf('')).toEqual([]);
  });

  it('says what is unknown', () => {
    const machine = { cpu: 'A', cores: 2, memoryGiB: 8, features: [] };
    expect(sayMachine(machine)).toBe('A, 2 cores, 8 GiB, instruction sets unknown');
    expect(thisMachine().cores).toBeGreaterThan(0);
  });
});
