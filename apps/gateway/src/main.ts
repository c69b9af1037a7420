import { runMain } from '@oml/service/run';
import { runGateway } from './gateway.ts';

await runMain(() => runGateway());
