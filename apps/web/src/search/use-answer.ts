'use client';
import { useEffect, useState } from 'react';
import type { SearchAnswer } from './shown-search.ts';

const REST_MS = 120;

/** What the site finds for a question, asked when the keys rest; undefined until it answered this question. */
export function useAnswer(question: string): SearchAnswer | 'silent' | undefined {
  const [told, setTold] = useState<{ question: string; answer: SearchAnswer | 'silent' }>();
  const q = question.trim();
  useEffect(() => {
    if (q === '') return;
    const leaving = new AbortController();
    const timer = setTimeout(async () => {
      const answer = await fetch(`/api/search?${new URLSearchParams({ q })}`, { signal: leaving.signal })
        .then((response) => response.json() as Promise<SearchAnswer>)
        .catch(() => 'silent' as const);
      if (!leaving.signal.aborted) setTold({ question: q, answer });
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [q]);
  return told?.question === q ? told.answer : undefined;
}
