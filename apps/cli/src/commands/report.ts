import { closeReport } from '../chain/close-report.ts';
import { openChain, openSigner, withChain, type ChainOptions } from '../chain/connect.ts';
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
