'use client';
import { Button } from '@oml/ui/button';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { economicsAddress, fromNotch, KNOBS, readSetting, toNotch, type Setting } from './economics-query.ts';

/** How long a hand may rest on a slider before the page reckons anew. */
const REST_MS = 150;
const NOTCHES = 200;

/** What can be set: numbers that a form sends, and with scripts sliders that move them at once. */
export function SettingForm({ setting }: { setting: Setting }) {
  const router = useRouter();
  const [values, setValues] = useState(setting);
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(resting.current), []);
  const change = (name: keyof Setting, value: number) => {
    const next = { ...values, [name]: value };
    setValues(next);
    clearTimeout(resting.current);
    const texts = Object.fromEntries(Object.entries(next).map(([key, one]) => [key, String(one)]));
    resting.current = setTimeout(
      () => router.replace(economicsAddress(readSetting(texts)), { scroll: false }),
      REST_MS,
    );
  };
  return (
    <form action="/economics" className="grid gap-x-6 gap-y-4 sm:grid-cols-2 lg:grid-cols-1">
      {KNOBS.map((knob) => (
        <div key={knob.name} className="grid grid-cols-[minmax(0,1fr)_8rem] items-center gap-x-3">
          <label htmlFor={`set-${knob.name}`} className="text-sm">
            {knob.label}
          </label>
          <span className="relative">
            <input
              id={`set-${knob.name}`}
              name={knob.name}
              type="number"
              inputMode="decimal"
              min={knob.least}
              max={knob.most}
              step={knob.step}
              value={values[knob.name]}
              onChange={(event) => change(knob.name, Number(event.target.value))}
              data-testid={`set-${knob.name}`}
              className="h-9 w-full rounded-md border border-line-strong bg-surface px-2 pr-7 text-right text-sm tabular-nums"
            />
            <span className="pointer-events-none absolute inset-y-0 right-2 flex items-center text-xs text-ink-soft">
              {knob.unit}
            </span>
          </span>
          <input
            type="range"
            aria-label={knob.label}
            min={0}
            max={NOTCHES}
            value={Math.round(toNotch(knob, Math.min(knob.most, Math.max(knob.least, values[knob.name]))) * NOTCHES)}
            onChange={(event) => change(knob.name, fromNotch(knob, Number(event.target.value) / NOTCHES))}
            className="needs-script col-span-2 mt-1 h-6 w-full accent-accent"
          />
        </div>
      ))}
      <div className="flex gap-2">
        <Button type="submit" size="sm">
          Reckon
        </Button>
        <Button asChild size="sm" variant="quiet">
          <a href="/economics">As usual</a>
        </Button>
      </div>
    </form>
  );
}
