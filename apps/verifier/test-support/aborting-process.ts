/**
 * Asks an edition like the real program, but dies as native code dies: when it would say the second time that an answer
 * repeats.
 */
const send = process.send!.bind(process);
process.send = (message: { type?: string; i?: number }) => {
  if (message.type === 'repeated' && message.i === 1) process.abort();
  return send(message);
};
await import('../src/committees/edition-process.ts');
