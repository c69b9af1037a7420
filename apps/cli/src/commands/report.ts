import type { Chain } from '@oml/service/chain';
import { withDryRun, withFrom } from '../acts/add-acts.ts';
import { tellFirstCall } from '../acts/first-call.ts';
import { viewOf as signerOf, type ActFlags } from '../acts/run-act.ts';
import { closeReport } from '../chain/close-report.ts';
import { openChain, withChain, type ChainOptions } from '../chain/connect.ts';
import { courtAt, readReport, tell, viewOf } from '../chain/report-view.ts';
import type { AddCommand } from '../command.ts';
import { number } from '../options.ts';

export const addReport: AddCommand = (report, run) => {
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

  withFrom(withDryRun(withChain(report.command('close'), { signs: true })))
    .description('do what is due and nobody did: post the round, draw, count, decide, close')
    .argument('<report>', 'its number')
    .addHelpText('after', '\n--dry-run tells of what is due first: what follows depends on it.')
    .action(
      run(async (context, id: string, flags: ActFlags) => {
        const view = await signerOf(flags);
        const reportId = number(id, 'A report');
        const doing = (chain: Chain) => closeReport(chain, reportId);
        if (flags.dryRun)
          return tellFirstCall('oml report close', view, context, { doing, idle: (done) => endOf(done.waitsFor) });
        const { done, waitsFor } = await doing(view.chain);
        context.output.result({ done, waitsFor: waitsFor ?? null }, () =>
          [...done.map(({ step, tx }) => `${step}: ${tx}`), endOf(waitsFor)].join('\n'),
        );
      }),
    );
};

const endOf = (waitsFor: string | undefined): string => (waitsFor ? `waits for ${waitsFor}` : 'closed');
