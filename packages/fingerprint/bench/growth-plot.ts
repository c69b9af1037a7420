/** Seconds over sizes, both on logarithmic axes. */
export interface Curve {
  over: string;
  title: string;
  points: [size: number, seconds: number][];
}

const [WIDTH, HEIGHT] = [300, 220];
const PAD = { left: 44, right: 14, top: 28, bottom: 40 };

/** One SVG with a panel per curve; readable on light and on dark pages. */
export function growthPlot(curves: readonly Curve[]): string {
  const panels = curves.map((curve, i) => `<g transform="translate(${i * WIDTH} 0)">${panel(curve)}</g>`);
  const told = curves.map(({ over, points }) => `${over}: ${points.map(([size, seconds]) => `${size} in ${seconds.toFixed(1)} s`).join(', ')}`).join('; ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH * curves.length} ${HEIGHT}" role="img" aria-label="Seconds to embed. ${told}" font-family="system-ui, sans-serif" font-size="11">
<style>text{fill:#1a1c20}.grid{stroke:#d9dbe0}.curve{fill:none;stroke:#3f51d8;stroke-width:2}circle{fill:#3f51d8}@media(prefers-color-scheme:dark){text{fill:#e8e8ea}.grid{stroke:#3a3d44}.curve{stroke:#93a0ff}circle{fill:#93a0ff}}</style>
${panels.join('\n')}
</svg>
`;
}

function panel({ over, points }: Curve): string {
  const x = scale(points.map(([size]) => size), PAD.left, WIDTH - PAD.right);
  const y = scale(points.map(([, seconds]) => seconds), HEIGHT - PAD.bottom, PAD.top);
  const ends = [points[0]!, points.at(-1)!];
  const grid = ends.map(([, seconds]) => `<line class="grid" x1="${PAD.left}" x2="${WIDTH - PAD.right}" y1="${y(seconds)}" y2="${y(seconds)}"/><text x="${PAD.left - 6}" y="${y(seconds) + 4}" text-anchor="end">${seconds.toFixed(1)} s</text>`);
  const marks = points.map(([size, seconds]) => `<circle cx="${x(size)}" cy="${y(seconds)}" r="3.5"/><text x="${x(size)}" y="${HEIGHT - 22}" text-anchor="middle">${size}</text>`);
  return `<text x="${PAD.left}" y="16" font-weight="600">seconds over ${over}</text>${grid.join('')}<polyline class="curve" points="${points.map(([size, seconds]) => `${x(size)},${y(seconds)}`).join(' ')}"/>${marks.join('')}`;
}

function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values) * 1.001)];
  return (value) => Math.round(from + ((Math.log(value) - low) / (high - low)) * (to - from));
}
