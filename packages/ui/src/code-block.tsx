import { CopyButton } from './copy-button.tsx';

/** Lines to paste, with a button that copies them all. */
export function CodeBlock({ text, label, ...props }: { text: string; label: string; 'data-testid'?: string }) {
  return (
    <div className="flex min-w-0 items-start gap-2 rounded-md border border-line bg-raised p-3">
      <pre tabIndex={0} className="min-w-0 flex-1 overflow-x-auto font-mono text-xs leading-relaxed" {...props}>
        {text}
      </pre>
      <CopyButton value={text} label={label} />
    </div>
  );
}
