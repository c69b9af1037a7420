interface Asked {
  at: number;
  answer: Promise<unknown>;
}
const holder = globalThis as { omlAsked?: Map<string, Asked> };

/** What was answered at most `freshMs` ago, or is being asked; one question of a name at a time, however many visit. */
export function askedLately<T>(name: string, freshMs: number, ask: () => Promise<T>): Promise<T> {
  const all = (holder.omlAsked ??= new Map());
  const last = all.get(name);
  if (last && Date.now() - last.at < freshMs) return last.answer as Promise<T>;
  const answer = ask();
  all.set(name, { at: Date.now(), answer });
  answer.catch(() => all.delete(name));
  return answer;
}
