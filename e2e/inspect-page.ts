import { examineInBrowser, type Examined } from '../apps/web/src/publication/inspect-model.ts';
import type { InspectProgress } from '../apps/web/src/publication/inspect.worker.ts';

/**
 * What the story asks of the page: to examine files that its server has, perhaps to give up in the middle of a stage.
 */
export interface InspectPage {
  examine(
    urls: string[],
    cancelIn?: InspectProgress['stage'],
  ): Promise<{ examined?: Examined['examination']; error?: string; progress: InspectProgress[]; ms: number }>;
}

const page: InspectPage = {
  async examine(urls, cancelIn) {
    const files = await Promise.all(
      urls.map(async (url) => new File([await (await fetch(url)).blob()], url.slice(url.lastIndexOf('/') + 1))),
    );
    const [model, ...external] = files;
    const progress: InspectProgress[] = [];
    const started = performance.now();
    const cancel = new AbortController();
    const onProgress = (step: InspectProgress) => {
      progress.push(step);
      if (step.stage === cancelIn) cancel.abort();
    };
    try {
      const { examination } = await examineInBrowser(
        { model: model!, external, wasmPaths: `${location.origin}/ort/` },
        { signal: cancel.signal, onProgress },
      );
      return { examined: examination, progress, ms: performance.now() - started };
    } catch (error) {
      return { error: (error as { code?: string }).code ?? String(error), progress, ms: performance.now() - started };
    }
  },
};

Object.assign(window, { page });
