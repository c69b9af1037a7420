// The part of a browser that React and wagmi need, over the network of this process. Import it before either.
import { Window } from 'happy-dom';

const window = new Window({ url: 'http://localhost/' });
/** What pages use of it; `fetch` stays Node's, which asks the chain. */
const NAMES = [
  'window',
  'document',
  'localStorage',
  'navigator',
  'location',
  'HTMLElement',
  'HTMLIFrameElement',
  'HTMLInputElement',
  'HTMLTextAreaElement',
  'HTMLFormElement',
  'Element',
  'Node',
  'NodeFilter',
  'SVGElement',
  'DocumentFragment',
  'Event',
  'CustomEvent',
  'MouseEvent',
  'KeyboardEvent',
  'StorageEvent',
  'MutationObserver',
  'ResizeObserver',
  'IntersectionObserver',
  'getComputedStyle',
  'requestAnimationFrame',
  'cancelAnimationFrame',
] as const;

for (const name of NAMES)
  Object.defineProperty(globalThis, name, {
    value: name === 'window' ? window : (window as unknown as Record<string, unknown>)[name],
    configurable: true,
    writable: true,
  });
Object.defineProperty(globalThis, 'self', { value: globalThis, configurable: true, writable: true });
