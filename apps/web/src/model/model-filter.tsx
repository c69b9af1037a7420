'use client';
import { Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState, useTransition } from 'react';

interface ModelFilterProps {
  q: string;
  /** The rest of what the address asks for, as the members of a form. */
  kept: Readonly<Record<string, string>>;
}

/** Search while typing; also works as a plain form. "/" focuses it. */
export function ModelFilter({ q, kept }: ModelFilterProps) {
  const [text, setText] = useState(q);
  const [pending, startTransition] = useTransition();
  const router = useRouter();
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test((event.target as HTMLElement).tagName);
      if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);

  useEffect(() => {
    const asked = text.trim();
    if (asked === q) return;
    const timer = setTimeout(() => {
      const params = new URLSearchParams({ ...(asked ? { q: asked } : {}), ...kept });
      startTransition(() => router.replace(params.size > 0 ? `/models?${params}` : '/models', { scroll: false }));
    }, 200);
    return () => clearTimeout(timer);
    // Only typing starts a search; the rest follows from the address.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text]);

  return (
    <form action="/models" role="search" aria-busy={pending}>
      <label className="relative block">
        <span className="sr-only">Search models</span>
        <Search aria-hidden className="pointer-events-none absolute left-3 top-3 size-4 text-ink-faint" />
        <input
          ref={field}
          name="q"
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="Name, task, licence, language, owner or number"
          className="h-10 w-full rounded-md border border-line-strong bg-surface pl-9 pr-3 text-sm placeholder:text-ink-faint"
          data-testid="model-search"
        />
      </label>
      {Object.entries(kept).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
    </form>
  );
}
