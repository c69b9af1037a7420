import { cycloneDx } from './cyclone-dx.ts';
import type { ExportedModel } from './exported-model.ts';
import { huggingFaceCard } from './hugging-face.ts';
import { spdxDocument } from './spdx.ts';

interface Format {
  /** For people. */
  title: string;
  fileName: string;
  mediaType: string;
  write(model: ExportedModel): string;
}

const json = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;

/** What a model with its measurements is written as, for whom does not read the chain. */
export const EXPORT_FORMATS = {
  'hugging-face': {
    title: 'Hugging Face model card',
    fileName: 'README.md',
    mediaType: 'text/markdown; charset=utf-8',
    write: huggingFaceCard,
  },
  cyclonedx: {
    title: 'CycloneDX 1.7 ML-BOM',
    fileName: 'model.cdx.json',
    mediaType: 'application/vnd.cyclonedx+json; version=1.7',
    write: (model) => json(cycloneDx(model)),
  },
  spdx: {
    title: 'SPDX 3.0.1 AI profile',
    fileName: 'model.spdx.json',
    mediaType: 'application/spdx+json',
    write: (model) => json(spdxDocument(model)),
  },
} as const satisfies Record<string, Format>;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

export const isExportFormat = (text: string): text is ExportFormat => Object.hasOwn(EXPORT_FORMATS, text);
