import { isName, nameId } from '@oml/protocol/evidence/name';
import { OmlError } from '@oml/protocol/error';
import { DOMAIN_NAMES_PATH, inlineEvidence, MAX_INLINE } from '@oml/protocol/wire/report-evidence';
import { ensureAllowance } from '@oml/service/allowance';
import type { Chain } from '@oml/service/chain';
import { fetchText } from '@oml/service/fetch-text';
import { guardFor } from '@oml/service/guarded-fetch';
import { keccak256, stringToBytes } from 'viem';
import { closeReport } from '../chain/close-report.ts';
import { openChain, openSigner, withChain, type ChainOptions } from '../chain/connect.ts';
import { courtAt, readReport, tell, viewOf } from '../chain/report-view.ts';
import type { AddCommand } from '../command.ts';
import { number } from '../options.ts';

interface FileOptions extends ChainOptions {
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

export const addReport: AddCommand = (program, run) => {
  const report = program
    .command('report')
    .description('report endpoints that serve a model unsigned, and names that impersonate; a committee decides');

  withChain(report.command('file'), { signs: true })
    .description('file a report; costs a bond, which comes back unless it is dismissed, and the fees of a committee')
    .option('--endpoint <url>', 'an endpoint that serves a model and signs nothing')
    .option('--model-id <number>', 'the model that it serves')
    .option('--license <number>', 'the license whose edition it is, where a trace says so')
    .option('--name <name>', 'or: a registered name that impersonates somebody')
    .option('--evidence <url>', 'a document for the jurors; without it the next three make one, which stands on chain')
    .option('--model <name>', 'the name under which the endpoint serves it')
    .option('--domain <domain>', `a domain of that word whose ${DOMAIN_NAMES_PATH} names you`, collect, [])
    .option('--note <text>', 'what people should know')
    .action(
      run(async ({ output }, options: FileOptions) => {
        const { chain, me } = await openSigner(options);
        const { evidenceHash, evidenceUri } = await evidenceOf(options, chain);
        const court = courtAt(chain);
        const call = options.name
          ? { functionName: 'reportName', args: [nameOf(options.name), evidenceHash, evidenceUri] }
          : { functionName: 'reportLeak', args: [leakOf(options, evidenceHash, evidenceUri)] };
        const cost = await chain.publicClient.readContract({ ...court, functionName: 'cost' });
        await ensureAllowance(chain, me, court.address, cost);
        const { transactionHash, blockNumber } = await chain.send({ ...court, ...call });
        const filed = await chain.publicClient.getContractEvents({
          ...court,
          fromBlock: blockNumber,
          toBlock: blockNumber,
          eventName: options.name ? 'NameReported' : 'LeakReported',
          args: { reporter: me },
          strict: true,
        });
        const { reportId } = filed.at(-1)!.args as { reportId: bigint };
        output.result({ reportId, cost, tx: transactionHash }, () => `report ${reportId} is filed: ${transactionHash}`);
      }),
    );

  withChain(report.command('show'), { signs: false })
    .description('show a report, or all of them')
    .argument('[report]', 'its number')
    .action(
      run(async ({ output }, id: string | undefined, options: ChainOptions) => {
        const chain = await openChain(options);
        const last = await chain.publicClient.readContract({ ...courtAt(chain), functionName: 'reportCount' });
        const ids = id ? [number(id, 'A report')] : Array.from({ length: Number(last) }, (_, i) => BigInt(i + 1));
        const views = await Promise.all(ids.map(async (each) => viewOf(each, await readReport(chain, each))));
        output.result(id ? views[0] : { reports: views }, () => views.map(tell).join('\n\n') || 'no reports yet');
      }),
    );

  withChain(report.command('appeal'), { signs: true })
    .description('take a verdict to the arbitrator, who asks a fee in the coin of the chain')
    .argument('<report>', 'its number')
    .action(
      run(async ({ output }, id: string, options: ChainOptions) => {
        const { chain } = await openSigner(options);
        const reportId = number(id, 'A report');
        const court = courtAt(chain);
        const fee = await chain.publicClient.readContract({ ...court, functionName: 'appealCost' });
        const call = { ...court, functionName: 'appeal', args: [reportId], value: fee };
        const { transactionHash } = await chain.send(call);
        output.result({ reportId, fee, tx: transactionHash }, () => `report ${id} is appealed: ${transactionHash}`);
      }),
    );

  withChain(report.command('close'), { signs: true })
    .description('do what is due and nobody did: post the round, draw, count, decide, close')
    .argument('<report>', 'its number')
    .action(
      run(async ({ output }, id: string, options: ChainOptions) => {
        const { chain } = await openSigner(options);
        const { done, waitsFor } = await closeReport(chain, number(id, 'A report'));
        output.result({ done, waitsFor: waitsFor ?? null }, () =>
          [...done.map(({ step, tx }) => `${step}: ${tx}`), waitsFor ? `waits for ${waitsFor}` : 'closed'].join('\n'),
        );
      }),
    );
};

const collect = (value: string, before: string[]): string[] => [...before, value];

function nameOf(text: string) {
  if (!isName(text))
    throw new OmlError('REQUEST_INVALID', `"${text}" is no name: 3 to 32 of a-z, 0-9 and single hyphens inside.`);
  return nameId(text);
}

function leakOf({ endpoint, modelId, license }: FileOptions, evidenceHash: string, evidenceUri: string) {
  if (!endpoint || !modelId)
    throw new OmlError(
      'REQUEST_INVALID',
      'Name what is reported: --endpoint URL with --model-id NUMBER, or --name NAME.',
    );
  if (!URL.canParse(endpoint)) throw new OmlError('REQUEST_INVALID', `"${endpoint}" is no URL.`);
  const licenseId = license === undefined ? 0n : number(license, '--license');
  return { modelId: number(modelId, '--model-id'), licenseId, endpoint, evidenceHash, evidenceUri };
}

/** A document that stands somewhere, by its hash, or one that carries itself. */
async function evidenceOf({ evidence, model, domain, note }: FileOptions, { deployment }: Pick<Chain, 'deployment'>) {
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
