import { leakCourtAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { nameId } from '@oml/protocol/evidence/name';
import { DOMAIN_NAMES_PATH, inlineEvidence, MAX_INLINE } from '@oml/protocol/wire/report-evidence';
import type { Chain } from '@oml/service/chain';
import { fetchText } from '@oml/service/fetch-text';
import { guardFor } from '@oml/service/guarded-fetch';
import { keccak256, stringToBytes } from 'viem';
import { courtAt } from '../../chain/report-view.ts';
import { number as numberOf } from '../../options.ts';
import { one, type Act, type Flags, type Step, type View } from '../act.ts';
import { nameFrom, number, text, word } from '../args.ts';

interface FileFlags {
  endpoint?: string;
  modelId?: string;
  license?: string;
  name?: string;
  evidence?: string;
  model?: string;
  domain: string[];
  note?: string;
}

const LIMITS = { timeoutMs: 10_000, maxBytes: 256 << 10 };
const ANYONE = 'anyone';
const REPORT = number('report', 'its number');

/** Reports to the leak court; `oml report close` does what is due at once. */
export const REPORT_ACTS: readonly Act[] = [
  {
    verb: 'file',
    does: 'file a report; costs a bond, which comes back unless it is dismissed, and the fees of a committee',
    who: ANYONE,
    takes: [],
    calls: ['leakCourt.reportLeak', 'leakCourt.reportName'],
    next: 'oml report show; oml report close REPORT does what is due',
    flags: (command) =>
      command
        .option('--endpoint <url>', 'an endpoint that serves a model and signs nothing')
        .option('--model-id <number>', 'the model that it serves')
        .option('--license <number>', 'the license whose edition it is, where a trace says so')
        .option('--name <name>', 'or: a registered name that impersonates somebody')
        .option(
          '--evidence <url>',
          'a document for the jurors; without it the next three make one, which stands on chain',
        )
        .option('--model <name>', 'the name under which the endpoint serves it')
        .option('--domain <domain>', `a domain of that word whose ${DOMAIN_NAMES_PATH} names you`, collect, [])
        .option('--note <text>', 'what people should know'),
    steps: (_, view, flags) => fileSteps(view, flags),
  },
  one('evidence', 'leakCourt.submitEvidence', [REPORT, word('hash', 'of the document'), text('uri', 'where it is')], {
    does: 'point to evidence on an open report',
    who: ANYONE,
  }),
  one('decide', 'leakCourt.decide', [REPORT], { does: 'apply what the committee said', who: ANYONE }),
  one('appeal', 'leakCourt.appeal', [REPORT], {
    does: 'take a verdict to the arbitrator, who asks a fee in the coin of the chain',
    who: ANYONE,
    value: ({ chain }) => chain.publicClient.readContract({ ...courtAt(chain), functionName: 'appealCost' }),
  }),
  one('end', 'leakCourt.close', [REPORT], {
    does: 'end a report that can’t be appealed any more: credits everybody',
    who: ANYONE,
    next: 'oml verifier rewards, which pays what you are owed',
  }),
];

async function fileSteps({ chain }: View, given: Flags): Promise<Step[]> {
  const flags = given as unknown as FileFlags;
  const { evidenceHash, evidenceUri } = await evidenceOf(flags, chain);
  const court = { address: chain.deployment.contracts.leakCourt, abi: leakCourtAbi } as const;
  const draws = await chain.publicClient.readContract({ ...court, functionName: 'cost' });
  const call = flags.name
    ? { calls: 'reportName', args: [nameId(nameFrom(flags.name)), evidenceHash, evidenceUri] }
    : { calls: 'reportLeak', args: [leakOf(flags, evidenceHash, evidenceUri)] };
  return [{ contract: 'leakCourt', ...call, draws }];
}

const collect = (value: string, before: string[]): string[] => [...before, value];

function leakOf({ endpoint, modelId, license }: FileFlags, evidenceHash: string, evidenceUri: string) {
  if (!endpoint || !modelId)
    throw new OmlError(
      'REQUEST_INVALID',
      'Name what is reported: --endpoint URL with --model-id NUMBER, or --name NAME.',
    );
  if (!URL.canParse(endpoint)) throw new OmlError('REQUEST_INVALID', `"${endpoint}" is no URL.`);
  const licenseId = license === undefined ? 0n : numberOf(license, '--license');
  return { modelId: numberOf(modelId, '--model-id'), licenseId, endpoint, evidenceHash, evidenceUri };
}

/** A document that stands somewhere, by its hash, or one that carries itself. */
async function evidenceOf({ evidence, model, domain, note }: FileFlags, { deployment }: Chain) {
  if (evidence === undefined) {
    const inline = inlineEvidence({ ...(model && { model }), domains: domain, ...(note && { note }) });
    if (inline.evidenceUri.length <= MAX_INLINE) return inline;
    throw new OmlError('REQUEST_INVALID', 'That is too long to stand on chain. Publish it, and give --evidence URL.');
  }
  // As jurors read it: what they could not read proves nothing to them.
  const text = await fetchText(evidence, guardFor(deployment, LIMITS)).catch((cause: Error) => {
    throw new OmlError('NOT_FOUND', `Jurors could not read the evidence at ${evidence}: ${cause.message}.`, { cause });
  });
  return { evidenceUri: evidence, evidenceHash: keccak256(stringToBytes(text)) };
}
