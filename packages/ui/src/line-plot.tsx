import type { ReactNode } from 'react';

export interface PlotLine {
  name: string;
  /** x and y, in the order of x. */
  points: readonly (readonly [x: number, y: number])[];
  /** The second line is dashed: never told by colour alone. */
  isDashed?: boolean;
  /** A point that matters, and its words. */
  mark?: { x: number; y: number; words: string };
}

const [WIDTH, HEIGHT] = [480, 260];
const PAD = { left: 64, right: 16, top: 12, bottom: 44 };
const TICKS = 5;

interface PlotProps {
  /** What it shows, for who cannot see it. */
  label: string;
  xName: string;
  xWords: (x: number) => string;
  yWords: (y: number) => string;
  lines: readonly PlotLine[];
  /** What it means, below. */
  children?: ReactNode;
}

/** Lines over one axis, drawn where the page is made: no script, no jump; the figures stand in a table to unfold. */
export function LinePlot({ label, xName, xWords, yWords, lines, children }: PlotProps) {
  const all = lines.flatMap(({ points }) => points);
  const [left, right] = rangeOf(all.map(([x]) => x));
  const [low, high] = rangeOf([0, ...all.map(([, y]) => y)]);
  const x = (value: number) => PAD.left + ((value - left) / (right - left)) * (WIDTH - PAD.left - PAD.right);
  const y = (value: number) => HEIGHT - PAD.bottom - ((value - low) / (high - low)) * (HEIGHT - PAD.top - PAD.bottom);
  return (
    <figure className="min-w-0">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} className="w-full text-[11px]">
        {ticks(low, high).map((value) => (
          <g key={value}>
            <line x1={PAD.left} x2={WIDTH - PAD.right} y1={y(value)} y2={y(value)} stroke="var(--color-line)" />
            <text x={PAD.left - 8} y={y(value) + 4} textAnchor="end" fill="var(--color-ink-soft)">
              {yWords(value)}
            </text>
          </g>
        ))}
        {ticks(left, right).map((value) => (
          <text key={value} x={x(value)} y={HEIGHT - PAD.bottom + 16} textAnchor="middle" fill="var(--color-ink-soft)">
            {xWords(value)}
          </text>
        ))}
        <text x={(PAD.left + WIDTH) / 2} y={HEIGHT - 8} textAnchor="middle" fill="var(--color-ink-soft)">
          {xName}
        </text>
        {lines.map(({ name, points, isDashed, mark }) => (
          <g key={name} fill="none" stroke={isDashed ? 'var(--color-ink-soft)' : 'var(--color-accent)'} strokeWidth="2">
            <polyline
              points={points.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}
              strokeDasharray={isDashed ? '5 4' : undefined}
            />
            {mark ? <circle cx={x(mark.x)} cy={y(mark.y)} r="4" fill="var(--color-surface)" /> : null}
          </g>
        ))}
      </svg>
      <figcaption className="mt-2 text-sm text-ink-soft">
        <PlotKey lines={lines} />
        {children}
      </figcaption>
      <PlotTable xName={xName} xWords={xWords} yWords={yWords} lines={lines} />
    </figure>
  );
}

function PlotKey({ lines }: { lines: readonly PlotLine[] }) {
  return (
    <ul className="mb-1 flex flex-wrap gap-x-4 text-xs">
      {lines.map(({ name, isDashed, mark }) => (
        <li key={name} className="flex items-center gap-2">
          <span
            aria-hidden
            className={`inline-block w-6 border-t-2 ${isDashed ? 'border-dashed border-ink-soft' : 'border-accent'}`}
          />
          {name}
          {mark ? `: ${mark.words}` : ''}
        </li>
      ))}
    </ul>
  );
}

/** Every line at eleven places of the axis. */
function PlotTable({ xName, xWords, yWords, lines }: Pick<PlotProps, 'xName' | 'xWords' | 'yWords' | 'lines'>) {
  const places = (lines[0]?.points ?? []).filter((_, i, all) => i % Math.max(1, Math.round(all.length / 10)) === 0);
  return (
    <details className="mt-2 text-xs">
      <summary className="text-ink-soft">The figures</summary>
      <table className="listed mt-2 text-right tabular-nums">
        <thead>
          <tr className="text-ink-soft">
            <th className="pr-4 text-left font-normal" scope="col">
              {xName}
            </th>
            {lines.map(({ name }) => (
              <th key={name} className="pr-4 font-normal" scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {places.map(([place]) => (
            <tr key={place}>
              <th scope="row" className="pr-4 text-left font-normal">
                {xWords(place)}
              </th>
              {lines.map(({ name, points }) => {
                const found = points.find(([at]) => at === place);
                return (
                  <td key={name} data-label={name} className="pr-4">
                    {found ? yWords(found[1]) : '—'}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** Least and most, never the same. */
function rangeOf(values: readonly number[]): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return most > least ? [least, most] : [least, least + 1];
}

const ticks = (least: number, most: number): number[] =>
  Array.from({ length: TICKS }, (_, i) => least + ((most - least) * i) / (TICKS - 1));
