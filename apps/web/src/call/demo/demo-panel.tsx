'use client';
import { Button } from '@oml/ui/button';
import { Note } from '@oml/ui/empty-state';
import { useEffect, useRef, useState } from 'react';
import type { ClassifyAnswer, ClassifyRequest } from './classify.worker.ts';
import { digitPixels, SAMPLES, type Stroke } from './digit-image.ts';
import { DigitPad } from './digit-pad.tsx';
import { Probabilities } from './probabilities.tsx';

type Run = { state: 'idle' | 'running' } | { state: 'done'; answer: ClassifyAnswer };

/** Runs the free demo edition in this browser: nothing is paid, nothing leaves the page. */
export function DemoPanel({ modelUrl }: { modelUrl: string }) {
  const [strokes, setStrokes] = useState<readonly Stroke[]>(SAMPLES[7] ?? []);
  const [run, setRun] = useState<Run>({ state: 'idle' });
  const worker = useRef<Worker | undefined>(undefined);
  useEffect(() => () => worker.current?.terminate(), []);

  const start = () => {
    setRun({ state: 'running' });
    worker.current ??= new Worker(new URL('./classify.worker.ts', import.meta.url), { type: 'module' });
    worker.current.onmessage = ({ data }: MessageEvent<ClassifyAnswer>) => setRun({ state: 'done', answer: data });
    worker.current.onerror = () =>
      setRun({ state: 'done', answer: { error: 'The demo could not be started in this browser.' } });
    const request: ClassifyRequest = {
      modelUrl,
      wasmPaths: `${location.origin}/ort/`,
      threads: window.crossOriginIsolated ? Math.min(2, navigator.hardwareConcurrency || 1) : 1,
      pixels: digitPixels(strokes),
    };
    worker.current.postMessage(request);
  };

  return (
    <div className="flex flex-col gap-4 text-sm">
      <p className="text-ink-soft">
        A demo edition of this model runs in your browser. Nothing is paid and your drawing stays here.{' '}
        <strong className="font-semibold text-ink">Its weights are given away</strong>: whoever opens this page has
        them. The model’s owner chose so.
      </p>
      <DigitPad strokes={strokes} onChange={setStrokes} disabled={run.state === 'running'} />
      <Button
        variant="primary"
        onClick={start}
        busy={run.state === 'running'}
        disabled={strokes.length === 0}
        data-testid="demo-run"
      >
        {run.state === 'running' ? 'Running here' : 'Run in this browser'}
      </Button>
      {run.state === 'done' ? <DemoAnswer answer={run.answer} /> : null}
    </div>
  );
}

function DemoAnswer({ answer }: { answer: ClassifyAnswer }) {
  if ('error' in answer)
    return (
      <Note tone="risk" role="alert">
        {answer.error}
      </Note>
    );
  return (
    <div role="status" className="flex flex-col gap-2">
      <p className="flex items-baseline gap-3">
        <span data-testid="demo-label" className="text-xl font-semibold">
          {answer.label}
        </span>
        <span className="text-xs text-ink-soft">
          {Math.round(answer.bytes / 1024)} KiB, ready in {answer.loadedMs} ms, answered in {answer.ranMs} ms
        </span>
      </p>
      <Probabilities values={answer.probabilities} />
    </div>
  );
}
