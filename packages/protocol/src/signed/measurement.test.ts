import { concatHex, keccak256, size, stringToHex, toFunctionSelector, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { adjudicator, BUYER, HOST } from '../../test-support/receipt-fixture.ts';
import {
  canonicalMeasurement,
  carriedBytes,
  carriedMeasurement,
  measurementSchema,
  readMeasurement,
} from '../wire/measurement.ts';
import { measurementDigest, measurementRoot, measurementSigner, signMeasurement } from './measurement.ts';

const word = (byte: string): Hex => `0x${byte.repeat(32)}`;
const JSON_FORM = {
  format: 'oml-measurement-1',
  method: { name: 'calibration', version: 1 },
  release: word('a1'),
  target: 'file',
  data: { name: 'shifted', digest: word('b2') },
  settings: { bins: 15, seed: 1 },
  figures: [{ name: 'ece', value: 0.0125, low: 0.01, high: 0.0151 }],
  command: 'npx oml measure calibration models/digits --data shifted',
  measuredAt: 1_800_000_000,
} as const;
const measurement = measurementSchema.parse(JSON_FORM);
const VECTOR = {
  canonical:
    '{"command":"npx oml measure calibration models/digits --data shifted","data":{"digest":"' +
    word('b2') +
    '","name":"shifted"},"figures":[{"high":0.0151,"low":0.01,"name":"ece","value":0.0125}],' +
    '"format":"oml-measurement-1","measuredAt":1800000000,"method":{"name":"calibration","version":1},"notes":[],' +
    '"plots":[],"release":"' +
    word('a1') +
    '","settings":{"bins":15,"seed":1},"target":"file"}',
};

describe('measurements', () => {
  it('have one form of bytes and one digest, worked out here by hand', () => {
    expect(canonicalMeasurement(measurement)).toBe(VECTOR.canonical);
    const typeHash = keccak256(
      stringToHex(
        'Measurement(address by,string method,bytes32 release,bytes32 data,bytes32 contents,uint256 measuredAt)',
      ),
    );
    const domainType = 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)';
    const uint = (value: number): Hex => `0x${value.toString(16).padStart(64, '0')}`;
    const domain = keccak256(
      concatHex([
        keccak256(stringToHex(domainType)),
        keccak256(stringToHex('OML')),
        keccak256(stringToHex('1')),
        uint(adjudicator.chainId),
        `0x${adjudicator.court.slice(2).padStart(64, '0').toLowerCase()}`,
      ]),
    );
    const struct = keccak256(
      concatHex([
        typeHash,
        `0x${HOST.address.slice(2).padStart(64, '0').toLowerCase()}`,
        keccak256(stringToHex('calibration/1')),
        word('a1'),
        word('b2'),
        keccak256(stringToHex(VECTOR.canonical)),
        uint(1_800_000_000),
      ]),
    );
    const said = { measurement, by: HOST.address };
    expect(measurementDigest(said, adjudicator)).toBe(keccak256(concatHex(['0x1901', domain, struct])));
  });

  it('name another signer when a figure is changed, and on another chain', async () => {
    const signed = await signMeasurement(measurement, HOST, adjudicator);
    expect(await measurementSigner(signed, adjudicator)).toBe(HOST.address);
    const [figure] = measurement.figures;
    const forged = { ...measurement, figures: [{ ...figure!, value: 0.011 }] };
    expect(await measurementSigner({ ...signed, measurement: forged }, adjudicator)).not.toBe(HOST.address);
    expect(await measurementSigner(signed, { ...adjudicator, chainId: 1 })).not.toBe(HOST.address);
  });

  it('come back whole out of the call that anchors them', async () => {
    const signed = await signMeasurement(measurement, BUYER, adjudicator);
    const root = measurementRoot(measurementDigest(signed, adjudicator));
    const input = concatHex([toFunctionSelector('anchor(bytes32)'), root, carriedBytes(signed)]);
    expect(carriedMeasurement(input)).toEqual({ root, signed });
    expect(readMeasurement(JSON.stringify(signed)).signed).toEqual(signed);
    expect(readMeasurement(canonicalMeasurement(measurement))).toEqual({ measurement });
  });

  it('are refused where they are too long to be carried', async () => {
    const figures = Array.from({ length: 64 }, (_, i) => ({
      name: 'x'.repeat(199) + (i % 10),
      value: 0,
      low: 0,
      high: 0,
    }));
    const plot = {
      title: 'p',
      x: 'x',
      y: 'y',
      series: [{ name: 's', points: Array(200).fill([0.123456789, 1.23456789]) }],
    };
    const long = { ...measurement, figures, plots: [plot, plot] as typeof measurement.plots };
    expect(() => carriedBytes({ measurement: long, by: HOST.address, signature: '0x' })).toThrow('24000 bytes');
  });

  it('are not seen where a call carries none, or something else', () => {
    const call = concatHex([toFunctionSelector('anchor(bytes32)'), word('c3')]);
    expect(size(call)).toBe(36);
    for (const behind of ['0x', '0xff', stringToHex('{}'), stringToHex('{"measurement":{}}')] as Hex[])
      expect(carriedMeasurement(concatHex([call, behind])), behind).toBeUndefined();
    expect(carriedMeasurement(concatHex(['0x12345678', word('c3'), '0x7b7d']))).toBeUndefined();
  });

  it.each([
    ['a value outside of its interval', { figures: [{ name: 'ece', value: 1, low: 0, high: 0.5 }] }],
    ['no figure', { figures: [] }],
    ['a figure that is no number', { figures: [{ name: 'ece', value: null, low: 0, high: 1 }] }],
    ['a member that nobody knows', { more: 1 }],
    ['a release that is no digest', { release: '0x12' }],
  ])('are refused with %s', (_, change) => {
    expect(() => readMeasurement(JSON.stringify({ ...JSON_FORM, ...change }))).toThrow('The measurement is refused');
  });
});
