/** Seconds over sizes; hollow where the keys did not settle. */
export interface PlotCurve {
  over: string;
  fixed: string;
  exponent: number;
  points: { size: number; seconds: number; settled: boolean }[];
}

const COLUMNS = 2;
const [WIDTH, HEIGHT] = [300, 250];
const PAD = { left: 50, right: 16, top: 56, bottom: 30 };
const STYLE =
  '.paper{fill:#fff}text{fill:#1a1c20}.quiet{fill:#5b6068}.grid{stroke:#d9dbe0}.curve{fill:none;stroke:#3f51d8;stroke-width:2}circle{fill:#3f51d8;stroke:#3f51d8;stroke-width:1.5}.open{fill:none}' +
  '@media(prefers-color-scheme:dark){.paper{fill:#16181c}text{fill:#e8e8ea}.quiet{fill:#a4a8b0}.grid{stroke:#3a3d44}.curve{stroke:#93a0ff}circle{fill:#93a0ff;stroke:#93a0ff}.open{fill:none}}';

/**
 * One SVG with a panel per curve. All panels share their scales, both logarithmic, so that equal steepness is equal
 * growth.
 */
export function growthPlot(curves: readonly PlotCurve[]): string {
  const seconds = curves.flatMap(({ points }) => points.map((point) => point.seconds));
  const bounds = {
    low: Math.min(...seconds) * 0.8,
    high: Math.max(...seconds) * 1.25,
    reach: Math.max(...curves.map(reachOf)),
  };
  const panels = curves.map(
    (curve, i) =>
      `<g transform="translate(${(i % COLUMNS) * WIDTH} ${Math.floor(i / COLUMNS) * HEIGHT})">${panel(curve, bounds)}</g>`,
  );
  const [width, height] = [COLUMNS * WIDTH, Math.ceil(curves.length / COLUMNS) * HEIGHT];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${spoken(curves)}" font-family="system-ui, sans-serif" font-size="14">
<style>${STYLE}</style>
<rect class="paper" width="${width}" height="${height}"/>
${panels.join('\n')}
</svg>
`;
}

/** The figures in words, for whoever does not see the plot. */
function spoken(curves: readonly PlotCurve[]): string {
  const told = curves.map(
    ({ over, fixed, exponent, points }) =>
      `${over} (${fixed}), exponent ${exponent.toFixed(2)}: ${points.map(({ size, seconds, settled }) => `${size} in ${seconds.toFixed(1)} s${settled ? '' : ', not every key answers'}`).join(', ')}`,
  );
  return `Seconds to embed, both axes logarithmic. ${told.join('. ')}.`;
}

interface Bounds {
  low: number;
  high: number;
  /** Largest size over the smallest, of the widest curve. */
  reach: number;
}

function panel({ over, fixed, exponent, points }: PlotCurve, { low, high, reach }: Bounds): string {
  const x = logScale(points[0]!.size, points[0]!.size * reach, PAD.left + 8, WIDTH - PAD.right);
  const y = logScale(low, high, HEIGHT - PAD.bottom, PAD.top);
  const grid = ticks(low, high).map(
    (tick) =>
      `<line class="grid" x1="${PAD.left}" x2="${WIDTH - PAD.right}" y1="${y(tick)}" y2="${y(tick)}"/><text x="${PAD.left - 6}" y="${y(tick) + 5}" text-anchor="end">${tick} s</text>`,
  );
  const labels = points
    .filter((_, i) => i % 2 === 0)
    .map(({ size }) => `<text x="${x(size)}" y="${HEIGHT - 8}" text-anchor="middle">${short(size)}</text>`);
  const line = `<polyline class="curve" points="${points
    .filter(({ settled }) => settled)
    .map(({ size, seconds }) => `${x(size)},${y(seconds)}`)
    .join(' ')}"/>`;
  const marks = points.map(
    ({ size, seconds, settled }) =>
      `<circle${settled ? '' : ' class="open"'} cx="${x(size)}" cy="${y(seconds)}" r="4"/>`,
  );
  const title = `<text x="12" y="20" font-weight="600">${over}: exponent ${exponent.toFixed(2)}</text><text class="quiet" x="12" y="38" font-size="11">${fixed}</text>`;
  return [title, ...grid, ...labels, line, ...marks].join('');
}

const reachOf = ({ points }: PlotCurve): number => points.at(-1)!.size / points[0]!.size;

function logScale(low: number, high: number, from: number, to: number): (value: number) => number {
  return (value) => Math.round(from + (Math.log(value / low) / Math.log(high / low)) * (to - from));
}

/** 1, 2 and 5 of each power of ten. */
function ticks(low: number, high: number): number[] {
  const powers = Array.from({ length: 9 }, (_, i) => i - 4);
  return powers
    .flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)))
    .filter((tick) => tick >= low && tick <= high);
}

function short(size: number): string {
  return size < 1024 ? String(size) : `${size / 1024}k`;
}
