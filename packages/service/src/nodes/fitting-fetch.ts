/**
 * `fetch` for JSON-RPC that takes the answers to several calls only where there is one for each: viem counts them off,
 * so that after one that is missing every answer would be given to the wrong call. Throws what fetch throws, and an
 * Error where they do not fit.
 */
export const fittingFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (!response.ok || typeof init?.body !== 'string') return response;
  const asked = JSON.parse(init.body) as { id: number } | { id: number }[];
  if (!Array.isArray(asked)) return response;
  const text = await response.text();
  if (!fits(asked, text)) throw new Error('it left out answers, or broke off in the midst of them');
  return new Response(text, { status: response.status, headers: response.headers });
};

function fits(asked: { id: number }[], text: string): boolean {
  let answers: unknown;
  try {
    answers = JSON.parse(text);
  } catch {
    return false;
  }
  if (!Array.isArray(answers) || answers.length !== asked.length) return false;
  const ids = new Set(answers.map((answer: { id?: unknown } | null) => answer?.id));
  return asked.every(({ id }) => ids.has(id));
}
