'use client';
import { Button } from '@oml/ui/button';
import { useRouter } from 'next/navigation';
import { useTransition, type SubmitEvent } from 'react';
import { useIsHydrated } from '#kit/hydrated.ts';

interface FacetFormProps {
  /** The rest of what the address asks for, as the members of a form. */
  kept: Readonly<Record<string, string>>;
  selects: readonly {
    name: string;
    label: string;
    value: string;
    options: readonly { value: string; label: string }[];
  }[];
}

/** Narrows the list as soon as something is chosen; without scripts by a button. */
export function FacetForm({ kept, selects }: FacetFormProps) {
  const router = useRouter();
  const isHydrated = useIsHydrated();
  const [pending, startTransition] = useTransition();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = [...new FormData(event.currentTarget)].filter(([, value]) => value !== '') as [string, string][];
    const params = new URLSearchParams(given);
    startTransition(() => router.push(params.size > 0 ? `/models?${params}` : '/models', { scroll: false }));
  };
  return (
    <form
      action="/models"
      onSubmit={submit}
      aria-label="Narrow the list"
      aria-busy={pending}
      className="grid grid-cols-2 items-end gap-x-3 gap-y-2 sm:grid-cols-4"
    >
      {Object.entries(kept).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {selects.map(({ name, label, value, options }) => (
        <label key={`${name} ${value}`} className="min-w-0 text-xs text-ink-soft">
          {label}
          <select
            name={name}
            defaultValue={value}
            onChange={(event) => event.currentTarget.form?.requestSubmit()}
            data-testid={`facet-${name}`}
            className="mt-1 block h-9 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2 text-sm text-ink"
          >
            <option value="">any</option>
            {options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
        </label>
      ))}
      {isHydrated ? null : (
        <noscript>
          <Button type="submit">Narrow</Button>
        </noscript>
      )}
    </form>
  );
}
