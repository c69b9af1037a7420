import type { TermsWarning } from '@oml/sdk/terms-warnings';
import { Note } from '@oml/ui/empty-state';

/** Which attacks pay under terms; nothing where none does. */
export function TermsWarningList({ warnings }: { warnings: readonly TermsWarning[] }) {
  if (warnings.length === 0) return null;
  return (
    <Note tone="risk" data-testid="terms-warnings">
      <ul className="flex list-disc flex-col gap-1.5 pl-4">
        {warnings.map(({ code, text }) => (
          <li key={code}>{text}</li>
        ))}
      </ul>
    </Note>
  );
}
