import { measuredOnLine } from '@oml/onnx/run/measured-on';
import type { LabReport } from './lab-report.ts';

type Point = LabReport['points'][number];

const WIDTH = 420;
const HEIGHT = 180;
const PAD = { left: 44, right: 12, top: 12, bottom: 34 };

/**
 * The report as one HTML page with a plot per attack: no script, no request, readable in the dark, by keyboard and by
 * screen readers.
 */
export function labPage(report: LabReport): string {
  const groups = [...Map.groupBy(report.points, ({ attack }) => attack)];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Attacks on ${escapeHtml(report.model)}</title>
<style>${STYLE}</style>
<main>
<h1>What attacks leave of ${escapeHtml(report.model)}'s fingerprint</h1>
<p>${report.keys} keys. ${percent(report.untouched)} answer before any attack; bonds are planned with <strong>s = ${report.survival.toFixed(2)}</strong>,
the least that an attack leaves which costs its author under 5 % of the model.</p>
<div class="plots">${groups.map(([attack, points]) => figure(attack, points)).join('')}</div>
<h2>Every point</h2>
<table><thead><tr><th>Attack<th>Point<th>Survival<th>Cost to the clean model</thead><tbody>
${report.points.map(row).join('\n')}
</tbody></table>
${report.forged ? forgedTable(report.forged) : ''}
${report.measuredOn ? `<p><small>${escapeHtml(measuredOnLine(report.measuredOn))}</small></p>` : ''}
</main>
</html>
`;
}

function figure(attack: string, points: readonly Point[]): string {
  const innerWidth = WIDTH - PAD.left - PAD.right;
  const innerHeight = HEIGHT - PAD.top - PAD.bottom;
  const x = (i: number): number =>
    PAD.left + (points.length === 1 ? innerWidth / 2 : (i * innerWidth) / (points.length - 1));
  const y = (share: number): number => PAD.top + (1 - share) * innerHeight;
  const grid = [0, 0.5, 1].map(
    (share) =>
      `<line x1="${PAD.left}" x2="${WIDTH - PAD.right}" y1="${y(share)}" y2="${y(share)}"/><text x="${PAD.left - 6}" y="${y(share) + 4}" text-anchor="end">${percent(share)}</text>`,
  );
  const labels = points.map(
    (point, i) =>
      `<text x="${x(i)}" y="${HEIGHT - 10}" text-anchor="${i === 0 ? 'start' : i === points.length - 1 ? 'end' : 'middle'}">${escapeHtml(short(point.label))}</text>`,
  );
  const dots = points.map(
    (point, i) =>
      `<circle cx="${x(i)}" cy="${y(point.survival)}" r="4"><title>${escapeHtml(describe(point))}</title></circle>`,
  );
  const line = points.map((point, i) => `${x(i).toFixed(1)},${y(point.survival).toFixed(1)}`).join(' ');
  return `<figure><figcaption>${escapeHtml(attack)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${attack}: ${points.map(describe).join('; ')}`)}">
<g class="grid">${grid.join('')}</g><polyline points="${line}"/>${dots.join('')}<g class="grid">${labels.join('')}</g></svg></figure>`;
}

function forgedTable(forged: NonNullable<LabReport['forged']>): string {
  const rows = forged.map(
    ({ rule, keys, bits, batches, rate, bound }) =>
      `<tr><td>${escapeHtml(rule)}<td>${keys} keys, ${bits} bits<td>${batches}<td>${rate.toExponential(1)}<td>${bound.toExponential(1)}`,
  );
  return `<h2>Forged claims</h2>
<p>An owner who knows what the clean model answers, and committed just that, before the beacon chose.</p>
<table><thead><tr><th>Rule<th>Code book<th>Batches<th>Believed<th>Bound</thead><tbody>
${rows.join('\n')}
</tbody></table>`;
}

const row = ({ attack, label, survival, cost, note }: Point): string =>
  `<tr><td>${escapeHtml(attack)}<td>${escapeHtml(label)}${note ? `<br><small>${escapeHtml(note)}</small>` : ''}<td>${percent(survival)}<td>${cost === undefined ? '–' : percent(cost)}`;

const describe = ({ label, survival, cost }: Point): string =>
  `${label}: ${percent(survival)} survive${cost === undefined ? '' : `, costs ${percent(cost)}`}`;
const percent = (share: number): string => `${+(100 * share).toFixed(1)} %`;
const short = (label: string): string => (label.length > 18 ? `${label.slice(0, 17)}…` : label);
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1a1c20, #e8e8ea); --faint: light-dark(#d9dbe0, #3a3d44); --accent: light-dark(#3f51d8, #93a0ff); }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: light-dark(#fff, #15161a); margin: 0; }
main { max-width: 76rem; margin: 0 auto; padding: 2rem 1rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.5rem; }
figure { margin: 0; } figcaption { font-weight: 600; }
svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--ink); } .grid line { stroke: var(--faint); }
polyline { fill: none; stroke: var(--accent); stroke-width: 2; } circle { fill: var(--accent); }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--faint); }
`;
