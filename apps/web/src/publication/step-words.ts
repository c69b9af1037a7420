/** What the publisher does in each step, in words. */
const WORDS: Record<string, readonly [title: string, body: string]> = {
  inspect: ['Inspect', 'The file is read and opened once.'],
  draft: ['Draft the code book', 'Secret keys and candidate answers are drawn and kept if some edit can reach them.'],
  chance: ['Measure chance', 'Clean models are asked the same keys.'],
  commit: ['Commit', 'The code book’s root goes on chain; no answer is chosen yet.'],
  beacon: ['Wait for the beacon', 'A later round of the beacon picks one answer per key.'],
  embed: ['Mark the weights', 'The chosen answers are solved into one matrix.'],
  verify: ['Verify', 'The written file is asked every common key again.'],
  mint: ['Mint', 'The model goes on chain with its digest and terms.'],
};

/** Title and sentence of a publisher's step; one this page does not know shows by its name. */
export function stepWords(name: string): { title: string; body: string } {
  const [title, body] = WORDS[name] ?? [name, ''];
  return { title, body };
}
