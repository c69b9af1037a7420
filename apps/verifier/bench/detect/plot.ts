import type { Point } from './runs.ts';

const [WIDTH, HEIGHT] = [640, 360];
const PAD = { left: 56, right: 24, top: 56, bottom: 48 };
const [LEAST_SHARE, MOST_PROBES] = [0.01, 100];
const STYLE =
  '.paper{fill:#fff}text{fill:#1a1c20}.quiet{fill:#5b6068}.grid{stroke:#d9dbe0}' +
  '.curve{fill:none;stroke:#3f51d8;stroke-width:2}' +
  '.mixed{stroke:#b3541e}.dot{fill:#3f51d8}.dot.mixed{fill:#b3541e;stroke:none}' +
  '@media(prefers-color-scheme:dark){.paper{fill:#16181c}text{fill:#e8e8ea}.quiet{fill:#a4a8b0}.grid{stroke:#3a3d44}' +
  '.curve{stroke:#93a0ff}.mixed{stroke:#f0a070}.dot{fill:#93a0ff}.dot.mixed{fill:#f0a070}}';

const x = (share: number): number =>
  PAD.left + (1 - Math.log(share) / Math.log(LEAST_SHARE)) * (WIDTH - PAD.left - PAD.right);
const y = (probes: number): number =>
  HEIGHT - PAD.bottom - (Math.log(Math.max(1, probes)) / Math.log(MOST_PROBES)) * (HEIGHT - PAD.top - PAD.bottom);

/** Probes at the median over the share that a host cheats with: lines are predicted, dots measured. */
export function catchingPlot(unpaid: readonly Point[], mixed: readonly Point[]): string {
  const label = (at: number, below: number, words: string, anchor = 'start', kind = '') =>
    `<text${kind} x="${at.toFixed(1)}" y="${below.toFixed(1)}" text-anchor="${anchor}">${words}</text>`;
  const [right, bottom] = [WIDTH - PAD.right, HEIGHT - PAD.bottom];
  const shares = [0.01, 0.05, 0.1, 0.25, 0.5, 1].map((share) =>
    label(x(share), bottom + 18, `${100 * share} %`, 'middle'),
  );
  const probes = [1, 3, 10, 30, 100].map((count) => {
    const at = y(count).toFixed(1);
    const line = `<line class="grid" x1="${PAD.left}" x2="${right}" y1="${at}" y2="${at}"/>`;
    return line + label(PAD.left - 6, y(count) + 4, String(count), 'end');
  });
  const points = [...unpaid, ...mixed];
  const spoken = points.map(({ share, measured }) => `${100 * share} %: ${measured.toFixed(1)}`).join(', ');
  const title = 'Probes until a host is caught, at the median';
  const quiet = ' class="quiet"';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"`;
  return `${svg} aria-label="${title}. ${spoken}." font-family="system-ui, sans-serif" font-size="12">
<style>${STYLE}</style>
<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>
<text x="12" y="20" font-size="14" font-weight="600">${title}</text>
${label(12, 40, 'lines: predicted; dots: measured; blue: uses left unpaid, brown: answers of another model', 'start', quiet)}
${[...probes, ...shares, ...curveOf(unpaid, ''), ...curveOf(mixed, ' mixed')].join('\n')}
${label((PAD.left + right) / 2, HEIGHT - 10, 'share of its uses that it cheats with', 'middle', quiet)}
</svg>
`;
}

function curveOf(points: readonly Point[], kind: string): string[] {
  const line = points.map(({ share, predicted }) => `${x(share).toFixed(1)},${y(predicted).toFixed(1)}`).join(' ');
  const dots = points.map(
    ({ share, measured }) =>
      `<circle class="dot${kind}" cx="${x(share).toFixed(1)}" cy="${y(measured).toFixed(1)}" r="4"/>`,
  );
  return [`<polyline class="curve${kind}" points="${line}"/>`, ...dots];
}
