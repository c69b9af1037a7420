'use client';
import { Button } from '@oml/ui/button';
import { useEffect, useRef } from 'react';
import { SAMPLES, type Point, type Stroke } from './digit-image.ts';

const PIXELS = 448;
const LINE_WIDTH = 0.075;

/** A square to draw a digit on; the digits below draw themselves, for keyboards. */
export function DigitPad({
  strokes,
  onChange,
  disabled,
}: {
  strokes: readonly Stroke[];
  onChange: (strokes: readonly Stroke[]) => void;
  disabled?: boolean;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<Point[] | undefined>(undefined);
  useEffect(() => {
    if (canvas.current) paint(canvas.current, strokes);
  }, [strokes]);

  const pointOf = (event: React.PointerEvent): Point => {
    const box = event.currentTarget.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const move = (event: React.PointerEvent) => {
    if (!drawing.current) return;
    drawing.current.push(pointOf(event));
    if (canvas.current) paint(canvas.current, [...strokes, drawing.current]);
  };
  const end = () => {
    if (drawing.current) onChange([...strokes, drawing.current]);
    drawing.current = undefined;
  };

  return (
    <div className="flex flex-wrap items-start gap-4">
      <canvas
        ref={canvas}
        width={PIXELS}
        height={PIXELS}
        role="img"
        aria-label={strokes.length > 0 ? 'Your drawing of a digit' : 'Empty drawing area'}
        data-testid="digit-canvas"
        className="size-44 shrink-0 touch-none rounded-md border border-line-strong bg-raised text-ink"
        onPointerDown={(event) => {
          if (disabled) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          drawing.current = [pointOf(event)];
        }}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
      />
      <div className="flex min-w-0 flex-1 basis-36 flex-col gap-2 text-xs text-ink-soft">
        <span>Draw a digit, or take one:</span>
        <div className="flex flex-wrap gap-1">
          {SAMPLES.map((sample, digit) => (
            <Button
              key={digit}
              size="icon"
              aria-label={`Draw a ${digit}`}
              data-testid={`digit-sample-${digit}`}
              disabled={disabled}
              onClick={() => onChange(sample)}
            >
              {digit}
            </Button>
          ))}
        </div>
        <Button
          size="sm"
          variant="quiet"
          className="self-start"
          disabled={disabled || strokes.length === 0}
          onClick={() => onChange([])}
        >
          Clear
        </Button>
      </div>
    </div>
  );
}

function paint(canvas: HTMLCanvasElement, strokes: readonly Stroke[]): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  context.clearRect(0, 0, PIXELS, PIXELS);
  context.strokeStyle = getComputedStyle(canvas).color;
  context.lineWidth = LINE_WIDTH * PIXELS;
  context.lineCap = context.lineJoin = 'round';
  for (const stroke of strokes) {
    context.beginPath();
    stroke.forEach(([x, y], i) =>
      i === 0 ? context.moveTo(x * PIXELS, y * PIXELS) : context.lineTo(x * PIXELS, y * PIXELS),
    );
    if (stroke.length === 1) context.lineTo(stroke[0]![0] * PIXELS, stroke[0]![1] * PIXELS);
    context.stroke();
  }
}
