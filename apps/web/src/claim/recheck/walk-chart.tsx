'use client';
import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { WalkStep } from './check.ts';

const tick = { fontSize: 12, fill: 'var(--color-ink-soft)' };

/**
 * The evidence of a disguised use as it came in: each hit steps up, each miss steps down; the line is what the court
 * asks for.
 */
export function WalkChart({ walk, needed }: { walk: readonly WalkStep[]; needed: number }) {
  const points = [{ item: 0, score: 0 }, ...walk.map(({ index, score }) => ({ item: index + 1, score }))];
  const hits = walk.filter(({ hit }) => hit).length;
  return (
    <figure>
      <div className="h-56 text-xs">
        <ResponsiveContainer width="100%" height="100%">
          <LineChart data={points} margin={{ top: 8, right: 12, bottom: 4, left: -16 }} accessibilityLayer>
            <CartesianGrid stroke="var(--color-line)" vertical={false} />
            <XAxis
              dataKey="item"
              type="number"
              domain={[0, walk.length]}
              tick={tick}
              stroke="var(--color-line-strong)"
              allowDecimals={false}
            />
            <YAxis
              tick={tick}
              stroke="var(--color-line-strong)"
              allowDecimals={false}
              domain={[(low: number) => Math.min(0, low), (high: number) => Math.max(needed, high)]}
            />
            <Tooltip
              contentStyle={{
                background: 'var(--color-surface)',
                border: '1px solid var(--color-line-strong)',
                borderRadius: 8,
              }}
              labelFormatter={(item) => `After item ${String(item)}`}
              formatter={(score) => [String(score), 'score']}
            />
            <ReferenceLine
              y={needed}
              stroke="var(--color-risk)"
              strokeDasharray="4 4"
              label={{ value: `needed ${needed}`, position: 'insideTopLeft', fontSize: 12, fill: 'var(--color-risk)' }}
            />
            <Line
              type="stepAfter"
              dataKey="score"
              stroke="var(--color-evidence)"
              strokeWidth={2}
              dot={false}
              isAnimationActive={false}
            />
          </LineChart>
        </ResponsiveContainer>
      </div>
      <figcaption className="mt-1 text-xs text-ink-soft">
        {hits} hits and {walk.length - hits} misses, in the order they were asked. A host without the model gets this
        far with a chance of at most 2<sup>−32</sup>.
      </figcaption>
    </figure>
  );
}
