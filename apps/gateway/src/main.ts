import { createLogger } from '@oml/service/logger';
import { readOptions } from '@oml/service/options';
import { runMain, runService } from '@oml/service/run';
import { createGateway } from './gateway.ts';
import { gatewayOptions } from './options.ts';

await runMain(async () => {
  const options = readOptions(gatewayOptions);
  const logger = createLogger('gateway');
  const { app, loops, stop } = await createGateway(options, logger);
  await runService({ name: 'gateway', app, port: options.PORT, logger, stop });
  for (const loop of loops) loop.start();
});
