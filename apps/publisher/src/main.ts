import { readDeployment } from '@oml/contracts/deployment';
import { createLogger } from '@oml/service/logger';
import { runMain, runService } from '@oml/service/run';
import { readPublisherOptions } from './options.ts';
import { createPublisher } from './publisher.ts';

await runMain(async () => {
  const options = readPublisherOptions();
  const logger = createLogger('publisher');
  const publisher = await createPublisher(options, readDeployment(options.OML_DEPLOYMENT), logger);
  await runService({
    name: 'publisher',
    app: publisher.app,
    port: options.PORT,
    host: options.HOST,
    logger,
    stop: publisher.stop,
  });
  publisher.start();
});
