import { EXPORT_FORMATS } from '@oml/measure/export/export-model';
import { LINK_LOOK } from '#kit/links.tsx';

/** The model with its measurements, to take along in the words of others. */
export function MeasurementExports({ modelId }: { modelId: bigint }) {
  return (
    <p className="mt-4 flex flex-wrap gap-x-4 gap-y-1 text-sm text-ink-soft">
      Download as
      {Object.entries(EXPORT_FORMATS).map(([format, { title, fileName }]) => (
        <a
          key={format}
          href={`/models/${modelId}/export/${format}`}
          download={fileName}
          className={LINK_LOOK}
          data-testid={`export-${format}`}
        >
          {title}
        </a>
      ))}
    </p>
  );
}
