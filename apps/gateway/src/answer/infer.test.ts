import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openUnpaidApp, type UnpaidApp } from '../../test-support/unpaid-app.ts';

let host: UnpaidApp;
beforeAll(async () => {
  host = await openUnpaidApp();
});
afterAll(() => host?.stop());

const zeros = Array.from({ length: 784 }, () => 0);
const tensor = { name: 'input', datatype: 'FP32', shape: [1, 1, 28, 28], data: zeros };
const infer = async (body: unknown, name = 'digits') =>
  host.app.request(`/v2/models/${name}/infer`, { method: 'POST', body: JSON.stringify(body) });
const get = async (path: string) => host.app.request(path);

describe('the Open Inference Protocol', () => {
  it('says what is there, and what it takes', async () => {
    expect(await (await get('/v2')).json()).toMatchObject({ name: 'oml-gateway', extensions: [] });
    expect(await (await get('/v2/health/live')).json()).toEqual({ live: true });
    expect(await (await get('/v2/health/ready')).json()).toEqual({ ready: true });
    expect(await (await get('/v2/models/digits/ready')).json()).toEqual({ name: 'digits', ready: true });
    expect(await (await get('/v2/models/digits')).json()).toMatchObject({
      name: 'digits',
      versions: ['1'],
      inputs: [{ datatype: 'FP32', shape: [1, 1, 28, 28] }, { datatype: 'UINT8' }],
      outputs: [
        { name: 'label', datatype: 'INT64', shape: [1] },
        { name: 'probabilities', datatype: 'FP32', shape: [1, 10] },
      ],
    });
  });

  it('asks for payment of what fits: flat or nested, floats or bytes, some outputs or all', async () => {
    const rows = Array.from({ length: 28 }, () => Array.from({ length: 28 }, () => 0.5));
    const bodies = [
      { inputs: [tensor] },
      { id: '7', inputs: [{ ...tensor, data: [[rows]], parameters: {} }], outputs: [{ name: 'label' }] },
      { inputs: [{ ...tensor, datatype: 'UINT8', data: zeros.map(() => 255) }] },
    ];
    for (const body of bodies) expect((await infer(body)).status).toBe(402);
  });

  const refused: [string, unknown, string][] = [
    ['no input', { inputs: [] }, 'inputs'],
    ['two inputs', { inputs: [tensor, tensor] }, 'inputs'],
    ['a type that it does not take', { inputs: [{ ...tensor, datatype: 'INT64' }] }, 'inputs[0].datatype'],
    ['bytes that are none', { inputs: [{ ...tensor, datatype: 'UINT8', data: [256] }] }, 'inputs[0].data'],
    ['floats beyond float32', { inputs: [{ ...tensor, data: [1e300] }] }, 'inputs[0].data'],
    ['words', { inputs: [{ ...tensor, data: [[['x']]] }] }, 'inputs[0].data'],
    ['an output that it does not give', { inputs: [tensor], outputs: [{ name: 'loss' }] }, 'outputs[0].name'],
    ['another shape', { inputs: [{ ...tensor, shape: [1, 784] }] }, 'shape'],
  ];
  it.each(refused)('refuses %s before payment, in its own words', async (_, body, param) => {
    const before = host.asked();
    const answer = await infer(body);
    expect(answer.status).toBe(400);
    const { error, detail, ...problem } = (await answer.json()) as Record<string, unknown>;
    expect(error).toBe(detail);
    expect(problem).toMatchObject({ code: 'REQUEST_INVALID', param });
    expect(host.asked()).toBe(before);
  });

  it('refuses fewer values than the shape holds, and models that take no tensors', async () => {
    expect((await infer({ inputs: [{ ...tensor, data: [1] }] })).status).toBe(400);
    for (const name of ['fable-mini', 'nobody']) {
      expect((await infer({ inputs: [tensor] }, name)).status).toBe(404);
      const answer = await get(`/v2/models/${name}`);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ error: expect.any(String) });
    }
  });
});
