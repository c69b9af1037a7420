/** Does jobs like the real program, but dies as native code dies: at the first word of progress, once per MARK file. */
import { existsSync, writeFileSync } from 'node:fs';

const mark = process.env['MARK']!;
const send = process.send!.bind(process);
process.send = (message: { type?: string }) => {
  if (message.type === 'progress' && !existsSync(mark)) {
    writeFileSync(mark, '');
    process.stderr.write("terminate called after throwing an instance of 'Napi::Error'\n  what():\n");
    process.abort();
  }
  return send(message);
};
await import('../src/workshop/workshop-process.ts');
