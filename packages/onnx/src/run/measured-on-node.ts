import { readFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import * as ort from 'onnxruntime-node';
import type { MeasuredOn } from './measured-on.ts';

/** By these onnxruntime chooses among its kernels, as Linux names them on x86 and on ARM. */
const TELLING = new Set(
  'sse4_1 avx avx2 fma f16c avx512f avx512bw avx512_bf16 avx512_vnni avx_vnni avx_vnni_int8 amx_int8 asimddp i8mm sve'.split(
    ' ',
  ),
);

/** What `nodeEngine` runs on here. */
export function measuredOnNode(): MeasuredOn {
  const cpu = `${arch()}, ${cpus()[0]?.model.trim() ?? 'unknown model'}`;
  return { engine: `onnxruntime-node ${ort.env.versions.node ?? 'unknown'}, CPU`, cpu, features: cpuFeatures() };
}

/** Of the first processor, from the text of /proc/cpuinfo, which Linux alone has. */
export function cpuFeatures(read: () => string = () => readFileSync('/proc/cpuinfo', 'utf8')): string[] | 'unknown' {
  try {
    const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(read())?.[1];
    return flags === undefined ? 'unknown' : flags.split(' ').filter((flag) => TELLING.has(flag));
  } catch {
    return 'unknown';
  }
}
