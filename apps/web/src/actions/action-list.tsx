'use client';
import { Card } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import type { ReactNode } from 'react';
import type { Action } from './action.ts';
import { ActionRow } from './action-row.tsx';

/** Actions one under the other; says so where there is none. */
export function ActionList({
  actions,
  empty,
  children,
}: {
  actions: readonly Action[] | undefined;
  empty: string;
  children?: ReactNode;
}) {
  if (!actions) return <EmptyState title="Asking the contracts" />;
  if (actions.length === 0 && !children) return <EmptyState title={empty} />;
  return (
    <Card className="flex flex-col divide-y divide-line px-5 py-1">
      {children}
      {actions.map((action) => (
        <ActionRow key={action.id} action={action} />
      ))}
    </Card>
  );
}
