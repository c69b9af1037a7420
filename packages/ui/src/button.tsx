import { cva, type VariantProps } from 'class-variance-authority';
import { cloneElement, type ComponentProps, type ReactElement } from 'react';
import { cn } from './class-names.ts';

const look = cva(
  'inline-flex items-center justify-center gap-2 whitespace-nowrap rounded-md border text-sm font-semibold transition-colors select-none ' +
    'disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'border-transparent bg-accent text-on-accent enabled:hover:bg-accent-strong',
        plain: 'border-line-strong bg-surface text-ink enabled:hover:bg-raised',
        quiet: 'border-transparent bg-transparent text-ink-soft enabled:hover:bg-raised enabled:hover:text-ink',
      },
      size: { sm: 'h-8 px-3', md: 'h-10 px-4', icon: 'size-8 p-0' },
    },
    defaultVariants: { variant: 'plain', size: 'md' },
  },
);

export interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof look> {
  /** Puts the button's look on the child, e.g. a link. */
  asChild?: boolean;
  /** Busy buttons stay as wide as they were and cannot be pressed. */
  busy?: boolean;
}

/** A verb to press. */
export function Button({ className, variant, size, asChild, busy, disabled, type, ...props }: ButtonProps) {
  const classes = cn(look({ variant, size }), busy && 'cursor-progress', className);
  if (asChild) return <Look classes={classes} {...props} />;
  return (
    <button
      type={type ?? 'button'}
      className={classes}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...props}
    />
  );
}

/** The button's look on another element, such as a link. */
function Look({ classes, children, ...props }: ComponentProps<'button'> & { classes: string }) {
  const child = children as ReactElement<{ className?: string }>;
  return cloneElement(child, { ...props, className: cn(classes, child.props.className) } as object);
}
