// Preloaded into a process that is measured: it says what it has used so far whenever its parent asks. It holds nothing
// open by itself.
import type { Usage } from './measured-process.ts';

process.on('message', (message) => {
  if (message !== 'usage') return;
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const usage: Usage = {
    cpuMs: (user + system) / 1_000,
    rssBytes: process.memoryUsage.rss(),
    handles: process.getActiveResourcesInfo(),
  };
  process.send!(usage);
});
process.channel?.unref();
