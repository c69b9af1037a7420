/** A picture of 1200 x 630 for links to a page: its name and what is known of it. */
export function previewOf({ title, lines }: { title: string; lines: readonly string[] }) {
  return (
    <div
      style={{
        width: '100%',
        height: '100%',
        display: 'flex',
        flexDirection: 'column',
        justifyContent: 'space-between',
        padding: 72,
        background: '#fafaf9',
        color: '#17191a',
      }}
    >
      <div style={{ fontSize: 36, color: '#0f5b57' }}>OML</div>
      <div style={{ display: 'flex', flexDirection: 'column', gap: 20 }}>
        <div style={{ fontSize: 76, lineHeight: 1.1 }}>{title.slice(0, 60)}</div>
        {lines.map((line) => (
          <div key={line} style={{ fontSize: 34, color: '#4b5157' }}>
            {line.slice(0, 80)}
          </div>
        ))}
      </div>
    </div>
  );
}
