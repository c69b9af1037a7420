import { clsx, type ClassValue } from 'clsx';

/** Joins class names. Of two classes of one property the style sheet decides, not their order here: give only one. */
export const cn = (...values: ClassValue[]): string => clsx(values);
