'use client';
import { Search } from 'lucide-react';
import Form from 'next/form';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState, useTransition } from 'react';

const KINDS = [
  ['', 'All'],
  ['language', 'Language'],
  ['classifier', 'Classifier'],
] as const;

const addressOf = (q: string, kind: string): string => {
  const params = new URLSearchParams({ ...(q.trim() ? { q: q.trim() } : {}), ...(kind ? { kind } : {}) });
  return params.size > 0 ? `/models?${params}` : '/models';
};

/** Search while typing, and a choice of kinds; also works as a plain form. "/" focuses the search. */
export function ModelFilter({ q, kind }: { q: string; kind: string }) {
  const [text, setText] = useState(q);
  const [pending, startTransition] = useTransition();
  const router = useRouter();
  const field = useRef<HTMLInputElement>(null);
  const go = (nextText: string, nextKind: string) =>
    startTransition(() => router.replace(addressOf(nextText, nextKind), { scroll: false }));

  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (
        event.key !== '/' ||
        event.ctrlKey ||
        event.metaKey ||
        /^(INPUT|TEXTAREA|SELECT)$/.test((event.target as HTMLElement).tagName)
      )
        return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);

  useEffect(() => {
    if (text.trim() === q) return;
    const timer = setTimeout(() => go(text, kind), 200);
    return () => clearTimeout(timer);
    // Only typing starts a search; the rest follows from the address.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text]);

  return (
    <Form action="/models" role="search" className="flex flex-wrap items-center gap-3" aria-busy={pending}>
      <label className="relative min-w-56 flex-1">
        <span className="sr-only">Search models</span>
        <Search aria-hidden className="pointer-events-none absolute left-3 top-3 size-4 text-ink-faint" />
        <input
          ref={field}
          name="q"
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="Name, words of the card, number or owner"
          data-testid="model-search"
          className="h-10 w-full rounded-md border border-line-strong bg-surface pl-9 pr-10 text-sm placeholder:text-ink-faint"
        />
        <kbd
          aria-hidden
          className="pointer-events-none absolute right-3 top-2.5 rounded-sm border border-line px-1.5 font-mono text-xs text-ink-faint"
        >
          /
        </kbd>
      </label>
      <fieldset className="flex rounded-md border border-line-strong p-0.5 text-sm">
        <legend className="sr-only">Kind of model</legend>
        {KINDS.map(([value, name]) => (
          <label
            key={name}
            className="cursor-pointer rounded-sm px-3 py-1.5 text-ink-soft hover:text-ink has-checked:bg-raised has-checked:font-semibold has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="kind"
              value={value}
              checked={kind === value}
              onChange={() => go(text, value)}
              className="sr-only"
            />
            {name}
          </label>
        ))}
      </fieldset>
    </Form>
  );
}
