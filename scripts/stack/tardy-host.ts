// The story's tardy host: the product's own gateway, but for how it settles and what its rounds book.
import { runMain } from '@oml/service/run';
import { runGateway } from '../../apps/gateway/src/gateway.ts';
import { tardy } from './tardy-booking.ts';

await runMain(() => runGateway(tardy));
