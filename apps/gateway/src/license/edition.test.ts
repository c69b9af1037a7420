import { weightsDigest } from '@oml/onnx/digest';
import { readModel } from '@oml/onnx/model-file';
import { externalized } from '@oml/onnx/test-support/external-data';
import { createLogger } from '@oml/service/logger';
import type { EditionFiles } from '@oml/service/sealed-edition';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProcessEngine } from '../engine/process-engine.ts';
import { checkRoot, isEditionIn, kindOf, writeEdition } from './edition.ts';

const DIGITS = new URL('../../../../models/digits/', import.meta.url).pathname;
const whole = new Uint8Array(readFileSync(join(DIGITS, 'model.onnx')));
const root = await weightsDigest(readModel(whole));
const packed = Uint8Array.of(1, 2, 3);
const logger = createLogger('gateway');
logger.level = 'silent';

let scratch: string;
beforeAll(() => void (scratch = mkdtempSync(join(tmpdir(), 'oml-edition-'))));
afterAll(() => rmSync(scratch, { recursive: true }));

describe.each(['model.onnx.data', 'model.onnx_data', 'weights.bin'])('an edition with its weights in %s', (name) => {
  const { model, data } = externalized(whole, name);
  const files: EditionFiles = new Map([
    ['model.onnx', model],
    [name, data],
  ]);

  it('has the root that the chain names, and another where a weight is changed or its file is missing', async () => {
    await checkRoot(files, root);
    const changed = data.slice();
    changed[0]! ^= 1;
    const other = (more: EditionFiles) => checkRoot(new Map([['model.onnx', model] as const, ...more]), root);
    await expect(other(new Map([[name, changed]]))).rejects.toMatchObject({ code: 'EDITION_INVALID' });
    await expect(other(new Map())).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });

  it('is written, found in place, and served', async () => {
    const folder = join(scratch, name);
    writeEdition(folder, { packed, files });
    expect(await isEditionIn(folder, root, sha256(packed))).toBe(true);
    expect(await isEditionIn(folder, sha256(packed), sha256(packed))).toBe(false);
    expect(await kindOf(folder)).toBe('classifier');
    const engine = await openProcessEngine(folder, logger);
    if (engine.kind !== 'classifier') throw new Error('digits is a classifier');
    const { probabilities } = await engine.classify({ shape: [1, 1, 28, 28], data: new Float32Array(784) });
    expect(probabilities).toHaveLength(10);
    await engine.dispose();
  });
});
