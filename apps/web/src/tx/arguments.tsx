import { Facts } from '@oml/ui/card';
import { Hash } from '@oml/ui/hash';
import type { Decoded } from './known-contracts.ts';

/** Names and values of a decoded call or log. */
export function Arguments({ decoded }: { decoded: Decoded }) {
  return <Facts rows={decoded.args.map(([name, value]) => [name, <Value key="v" text={value} />])} />;
}

function Value({ text }: { text: string }) {
  if (/^0x[0-9a-fA-F]{40}$|^0x[0-9a-fA-F]{64}$/.test(text)) return <Hash value={text} />;
  if (text.length > 200)
    return (
      <details>
        <summary className="text-ink-soft hover:text-ink">{text.length} characters</summary>
        <pre className="mt-2 max-h-80 overflow-auto whitespace-pre-wrap break-all font-mono text-xs">{text}</pre>
      </details>
    );
  return <span className="break-all font-mono text-[0.95em]">{text}</span>;
}
