'use client';
import { useSyncExternalStore, type ComponentType } from 'react';

/** A part of a page that the wallet's tree draws into its place. */
export interface PlacedPart {
  element: HTMLElement;
  part: ComponentType<object>;
  props: object;
  /** Told once it is drawn. */
  onThere: () => void;
}

const parts = new Map<string, PlacedPart>();
const listeners = new Set<() => void>();
const NONE: readonly (readonly [string, PlacedPart])[] = [];
let list = NONE;

function tell(): void {
  list = [...parts];
  listeners.forEach((listener) => listener());
}

/** Puts a part into its place, or gives it new properties. */
export function placePart(id: string, placed: PlacedPart): void {
  parts.set(id, placed);
  tell();
}

/** Takes a part out of its place. */
export function removePart(id: string): void {
  if (parts.delete(id)) tell();
}

const subscribe = (listener: () => void) => (listeners.add(listener), () => void listeners.delete(listener));

/** All parts that stand on the page now. */
export const usePlacedParts = (): typeof list =>
  useSyncExternalStore(
    subscribe,
    () => list,
    () => NONE,
  );
