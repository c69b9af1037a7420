import type { MeasuredPlot } from '@oml/protocol/wire/measurement';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [480, 320, 56, 16, 34, 44];
const COLOURS = ['#2563eb', '#dc2626', '#059669', '#9333ea', '#d97706', '#0891b2', '#4b5563', '#be185d'];
const TICKS = 4;

type Range = readonly [least: number, most: number];

/** All plots of a measurement below each other, as one SVG that needs nothing else. */
export function plotsPage(plots: readonly MeasuredPlot[]): string {
  const body = plots.map((plot, i) => `<g transform="translate(0 ${i * HEIGHT})">${drawPlot(plot)}</g>`);
  const height = Math.max(1, plots.length) * HEIGHT;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="sans-serif" ` +
    `font-size="11"><rect width="${WIDTH}" height="${height}" fill="#fff"/>${body.join('')}</svg>\n`
  );
}

function drawPlot({ title, x, y, series }: MeasuredPlot): string {
  const points = series.flatMap((each) => each.points);
  const across = rangeOf(points.map(([at]) => at));
  const up = rangeOf(points.map(([, at]) => at));
  const px = (at: number) => LEFT + ((at - across[0]) / (across[1] - across[0])) * (WIDTH - LEFT - RIGHT);
  const py = (at: number) => HEIGHT - BOTTOM - ((at - up[0]) / (up[1] - up[0])) * (HEIGHT - TOP - BOTTOM);
  const lines = series.map(({ points: own }, i) => {
    const colour = COLOURS[i % COLOURS.length]!;
    const path = own.map(([a, b]) => `${round(px(a))},${round(py(b))}`).join(' ');
    const dots = own.map(([a, b]) => `<circle cx="${round(px(a))}" cy="${round(py(b))}" r="2.5" fill="${colour}"/>`);
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>${dots.join('')}`;
  });
  const legend = series.map(
    ({ name }, i) =>
      `<text x="${LEFT + 8}" y="${TOP + 14 + 14 * i}" fill="${COLOURS[i % COLOURS.length]}">${escaped(name)}</text>`,
  );
  return [
    `<text x="${LEFT}" y="20" font-size="13" font-weight="bold">${escaped(title)}</text>`,
    ...ticks(across).map((at) => text(px(at), HEIGHT - BOTTOM + 16, 'middle', label(at))),
    ...ticks(up).map((at) => text(LEFT - 6, py(at) + 4, 'end', label(at))),
    `<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" fill="none" stroke="#888"/>`,
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, 'middle', x),
    `<text transform="translate(14 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>`,
    ...lines,
    ...legend,
  ].join('');
}

/** From the least to the most, never empty. */
function rangeOf(values: readonly number[]): Range {
  const [least, most] = [Math.min(...values, Infinity), Math.max(...values, -Infinity)];
  if (!Number.isFinite(least) || !Number.isFinite(most)) return [0, 1];
  return least === most ? [least - 0.5, most + 0.5] : [least, most];
}

const ticks = ([least, most]: Range): number[] =>
  Array.from({ length: TICKS + 1 }, (_, i) => least + ((most - least) * i) / TICKS);
const round = (value: number): number => Math.round(value * 10) / 10;
const label = (value: number): string => Number(value.toPrecision(3)).toString();
const text = (x: number, y: number, anchor: string, said: string): string =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped(said)}</text>`;
const escaped = (said: string): string =>
  said.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
