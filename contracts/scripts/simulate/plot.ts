/** One curve: what a host makes in a week over the share of its uses that is contested. */
export interface Curve {
  readonly name: string;
  readonly at: (contested: number) => number;
}

const [WIDTH, HEIGHT] = [640, 360];
const PAD = { left: 56, right: 120, top: 52, bottom: 48 };
/** Shares of the axis, logarithmic. */
const [LOW, HIGH, STEPS] = [1e-6, 1e-2, 120];
const TICKS: readonly (readonly [share: number, label: string])[] = [
  [1e-6, '0.0001 %'],
  [1e-5, '0.001 %'],
  [1e-4, '0.01 %'],
  [1e-3, '0.1 %'],
  [1e-2, '1 %'],
];
const STYLE =
  '.paper{fill:#fff}text{fill:#1a1c20}.quiet{fill:#5b6068}.grid{stroke:#d9dbe0}.curve{fill:none;stroke:#3f51d8;stroke-width:2}' +
  '@media(prefers-color-scheme:dark){.paper{fill:#16181c}text{fill:#e8e8ea}.quiet{fill:#a4a8b0}.grid{stroke:#3a3d44}.curve{stroke:#93a0ff}}';

/** Profit over contest rate, one curve per bond. */
export function profitPlot(title: string, below: string, curves: readonly Curve[]): string {
  const most = Math.max(...curves.map(({ at }) => at(LOW)));
  const x = (share: number) =>
    PAD.left + (Math.log(share / LOW) / Math.log(HIGH / LOW)) * (WIDTH - PAD.left - PAD.right);
  const y = (profit: number) => HEIGHT - PAD.bottom - (profit / most) * (HEIGHT - PAD.top - PAD.bottom);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = y(part * most).toFixed(1);
    return `<line class="grid" x1="${PAD.left}" x2="${WIDTH - PAD.right}" y1="${at}" y2="${at}"/><text x="${PAD.left - 6}" y="${Number(at) + 4}" text-anchor="end">$${(part * most).toFixed(0)}</text>`;
  });
  const ticks = TICKS.map(
    ([share, label]) =>
      `<text x="${x(share).toFixed(1)}" y="${HEIGHT - PAD.bottom + 18}" text-anchor="middle">${label}</text>`,
  );
  const shares = Array.from({ length: STEPS + 1 }, (_, i) => LOW * (HIGH / LOW) ** (i / STEPS));
  const lines = curves.map(({ name, at }) => {
    const points = shares.map((share) => `${x(share).toFixed(1)},${y(at(share)).toFixed(1)}`).join(' ');
    return `<polyline class="curve" points="${points}"/><text x="${WIDTH - PAD.right + 8}" y="${(y(at(HIGH)) + 4).toFixed(1)}">${name}</text>`;
  });
  const spoken = curves.map(({ name, at }) => `${name}: $${at(LOW).toFixed(2)} falls to $${at(HIGH).toFixed(2)}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}. ${spoken.join('; ')}." font-family="system-ui, sans-serif" font-size="12">
<style>${STYLE}</style>
<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>
<text x="12" y="20" font-size="14" font-weight="600">${title}</text><text class="quiet" x="12" y="38">${below}</text>
${[...grid, ...ticks, ...lines].join('\n')}
<text class="quiet" x="${(PAD.left + WIDTH - PAD.right) / 2}" y="${HEIGHT - 10}" text-anchor="middle">share of its uses that somebody contests</text>
</svg>
`;
}
