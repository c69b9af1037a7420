/** What correcting does to calibration errors of small real classifiers on images of a worse camera. */
import { haveSharedModels, imageFiles } from '@oml/onnx/test-support/shared-models';
import { readModel } from '@oml/onnx/model-file';
import { nodeEngine } from '@oml/onnx/runner-node';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calibration } from '../src/calibration/calibration.ts';
import { measure } from '../src/measure.ts';
import { classifierTarget } from '../src/target/classifier-target.ts';
import { shiftedImages } from '../test-support/shifted-items.ts';
import type { ReportRow } from '../../../scripts/bench/page-report.ts';
import { COMMAND } from './command.ts';

const DIGITS = join(import.meta.dirname, '../../../models/digits');
const IMAGES = 4_000;
const SIZE = 784;

interface Specimen {
  name: string;
  model: Uint8Array;
  images: Uint8Array;
  labels: Uint8Array;
  scale?: { mean: number; std: number };
}

export async function calibrationRows(): Promise<ReportRow[]> {
  const rows: ReportRow[] = [];
  for (const specimen of specimens()) rows.push(...(await rowsOf(specimen)));
  return rows;
}

function specimens(): Specimen[] {
  const read = (name: string) => new Uint8Array(readFileSync(join(DIGITS, name)));
  const digits = {
    name: 'digits',
    model: read('model.onnx'),
    images: read('heldout.u8'),
    labels: read('heldout.labels.u8'),
  };
  if (!haveSharedModels) return [digits];
  const { model, images, labels } = imageFiles();
  const scale = { mean: 0.1307, std: 0.3081 };
  const bytes = Uint8Array.from(images.subarray(0, IMAGES * SIZE), (value) =>
    Math.round((value * scale.std + scale.mean) * 255),
  );
  return [digits, { name: 'lenet', model, images: bytes, labels: labels.subarray(0, IMAGES), scale }];
}

async function rowsOf({ name, model, images, labels, scale }: Specimen): Promise<ReportRow[]> {
  const shifted = shiftedImages(images, 28, { most: 7, noise: 160, seed: 1 });
  const half = labels.length >> 1;
  const data = new Map([
    ['heldout.u8', shifted.subarray(0, half * SIZE)],
    ['heldout.labels.u8', labels.subarray(0, half)],
    ['test.u8', shifted.subarray(half * SIZE)],
    ['test.labels.u8', labels.subarray(half)],
    ...(scale ? [['scale.json', Buffer.from(JSON.stringify(scale))] as const] : []),
  ]);
  const target = await classifierTarget(readModel(model), nodeEngine());
  const occasion = {
    release: `0x${'00'.repeat(32)}`,
    target: 'file',
    dataName: name,
    command: COMMAND,
    measuredAt: 0,
  } as const;
  const { measurement } = await measure(calibration, { target, data, settings: {} }, occasion);
  await target.close();
  const value = (figure: string) => measurement.figures.find((each) => each.name === figure)!.value;
  const row = (figure: string, of: string, toReach = 'shown'): ReportRow => ({
    metric: `measure.calibration.${name}.${figure}`,
    value: Number(value(of).toFixed(4)),
    unit: 'share',
    target: toReach,
    anchor:
      'images moved by up to 7 pixels, with noise; fitted on one half, told of the other; PIECE, never less than ECE, and ' +
      'ProCal: arXiv 2306.04590, §4 and §5',
    command: `${COMMAND} -- calibration --write`,
  });
  const below = `below piece, ${value('piece').toFixed(4)}`;
  return [
    row('accuracy', 'accuracy'),
    row('ece', 'ece'),
    row('piece', 'piece'),
    row('pieceAfterTemperature', 'piece after temperature', below),
    row('pieceAfterBinMeanShift', 'piece after bin-mean-shift', below),
    row('pieceAfterDensityRatio', 'piece after density-ratio', below),
  ];
}
