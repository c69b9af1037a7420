/** A publisher's upload routes in a process that a test may kill. Arguments: port, folder. */
import { runService } from '@oml/service/run';
import { createLogger } from '@oml/service/logger';
import { join } from 'node:path';
import { openPublisherStore } from '../src/store.ts';
import { openUploadScene } from './upload-scene.ts';

const [port, folder] = [Number(process.argv[2]), process.argv[3]!];
const store = await openPublisherStore(join(folder, 'publisher.sqlite'));
const { app } = openUploadScene({ store, folder });
app.get('/rss', (c) => c.json({ peak: process.resourceUsage().maxRSS }));
const logger = createLogger('uploads');
logger.level = process.env['LOG_LEVEL'] ?? 'silent';
await runService({ name: 'uploads', app, port, logger });
