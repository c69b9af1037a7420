// The story's tardy host: the product's own gateway, but for one step of its rounds.
import { runMain } from '@oml/service/run';
import { runGateway } from '../../apps/gateway/src/gateway.ts';
import { bookContested } from './tardy-booking.ts';

await runMain(() => runGateway(bookContested));
