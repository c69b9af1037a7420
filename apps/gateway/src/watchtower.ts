import { runMain } from '@oml/service/run';
import { runWatchtower } from './tower/tower.ts';

await runMain(() => runWatchtower());
