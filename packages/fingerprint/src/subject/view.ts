import { openClassifierView } from './classifier-view.ts';
import { openLanguageView } from './language-view.ts';
import type { View } from './rows.ts';
import type { Subject } from './subject.ts';

/** Opens a model file of the subject's architecture (its own, unless an edited one is given) for measurement. */
export function openView(subject: Subject, model: Uint8Array = subject.model.bytes): Promise<View> {
  return subject.inspection.kind === 'language' ? openLanguageView(subject, model) : openClassifierView(subject, model);
}
