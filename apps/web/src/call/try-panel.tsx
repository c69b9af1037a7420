'use client';
import { Card } from '@oml/ui/card';
import { Tabs } from '@oml/ui/tabs';
import { DemoPanel } from '#call/demo/demo-panel.tsx';
import { PaidPanel, type PaidPanelProps } from './paid-panel.tsx';

/** Trying a model: the free demo edition in the browser where there is one, and a paid call to a bonded host. */
export function TryPanel({ demoUrl, ...paid }: PaidPanelProps & { demoUrl?: string }) {
  const paidPanel = <PaidPanel {...paid} />;
  return (
    <Card className="p-4">
      <h2 className="mb-3 text-base font-semibold">Try it</h2>
      {demoUrl ? (
        <Tabs
          label="Ways to try this model"
          tabs={[
            { value: 'demo', label: 'Free, in this browser', content: <DemoPanel modelUrl={demoUrl} /> },
            { value: 'paid', label: 'Paid call', content: paidPanel },
          ]}
        />
      ) : (
        paidPanel
      )}
    </Card>
  );
}
