import { formatDollars } from '@oml/protocol/money';
import { openChain, withChain, type ChainOptions } from '../chain/connect.ts';
import { listModels } from '../chain/find-model.ts';
import type { AddCommand } from '../command.ts';

export const addModels: AddCommand = (program, run) => {
  withChain(program.command('models'), { signs: false })
    .description('list the models of a deployment: id, name, price of a call, owner')
    .action(
      run(async ({ output }, options: ChainOptions) => {
        const models = await listModels(await openChain(options));
        output.result({ models }, () =>
          models.length === 0
            ? 'There are no models yet.'
            : models
                .map(({ modelId, name, price, owner }) => {
                  const terms = price === undefined ? 'no license to serve' : `$${formatDollars(price)} a call`;
                  return [String(modelId).padStart(4), (name ?? '(no card)').padEnd(24), terms.padEnd(20), owner].join(
                    '  ',
                  );
                })
                .join('\n'),
        );
      }),
    );
};
