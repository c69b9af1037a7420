import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';

/** What times and answers can depend on: integer products saturate on x86 without VNNI. */
const TELLING = /^(avx2|avx512f|avx512_vnni|avx_vnni|amx_int8|asimd|asimddp|i8mm|sve)$/;

export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  /** Instruction sets of the CPU that matter here, in the kernel's words; none where it does not tell. */
  features: string[];
}

/** The machine that a measurement ran on. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || process.arch,
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    features: featuresOf(readCpuInfo()),
  };
}

/** Reads the `flags` of x86 or the `Features` of ARM. */
export function featuresOf(cpuInfo: string): string[] {
  const words = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuInfo)?.[1]?.split(' ') ?? [];
  return words.filter((word) => TELLING.test(word)).sort();
}

export const sayMachine = ({ cpu, cores, memoryGiB, features }: Machine): string =>
  `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${features.join(' ') || 'instruction sets unknown'}`;

function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
