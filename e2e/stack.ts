// What a story knows of the running stack: addresses, ports, and the dev accounts' keys.
import { actors, devSecret } from '../scripts/stack/actors.ts';
import { toldChapter } from '../scripts/stack/chapters.ts';
import { urlOf } from '../scripts/stack/layout.ts';
import { connectRpc, deployment } from '../scripts/stack/rpc.ts';
import { adminToken, hosts } from '../scripts/stack/services.ts';
import { until } from '../scripts/stack/wait.ts';

export { actors, adminToken, connectRpc, deployment, devSecret, hosts, toldChapter, until, urlOf };
