// Preloaded into a process that is measured: it says what it has used so far whenever its parent asks. It holds nothing
// open by itself, and what it collects to tell the memory is not counted.
import type { Usage } from './measured-process.ts';

let ownMs = 0;

function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000 - ownMs;
}

process.on('message', (message) => {
  if (message !== 'usage') return;
  const cpuMs = usedMs();
  globalThis.gc?.();
  ownMs += usedMs() - cpuMs;
  const usage: Usage = { cpuMs, rssBytes: process.memoryUsage.rss(), handles: process.getActiveResourcesInfo() };
  process.send!(usage);
});
process.channel?.unref();
