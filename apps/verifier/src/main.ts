import { readDeployment } from '@oml/contracts/deployment';
import { createLogger } from '@oml/service/logger';
import { runMain, runService } from '@oml/service/run';
import { readVerifierOptions } from './options.ts';
import { createVerifier } from './verifier.ts';

await runMain(async () => {
  const options = readVerifierOptions();
  const logger = createLogger('verifier');
  const verifier = await createVerifier(options, readDeployment(options.OML_DEPLOYMENT), logger);
  await runService({
    name: 'verifier',
    app: verifier.app,
    port: options.PORT,
    host: options.HOST,
    logger,
    stop: verifier.stop,
  });
  await verifier.start();
});
