'use client';
import { EmptyState } from '@oml/ui/empty-state';
import { useState, type ReactNode } from 'react';
import { usePublicClient } from 'wagmi';
import { ActionList } from '#actions/action-list.tsx';
import {
  bookActions,
  commitIdOf,
  endingAction,
  readBook,
  type BookFacts,
  type Ending,
} from '#actions/code-book-actions.ts';
import { useFacts } from '#actions/use-facts.ts';
import { usePublicConfig } from '#kit/config-context.tsx';
import type { SlottedFiles } from '../file-slots.ts';
import { KeepKeys } from './keep-keys.tsx';
import { MarkWeights } from './mark-weights.tsx';
import { MarkedReport } from './marked-report.tsx';
import type { OwnKeys } from './own-keys.ts';
import { Released } from './released.tsx';

interface OwnStepsProps {
  keys: OwnKeys;
  onKeys: (keys: OwnKeys) => void;
  /** Does the file of exactly these keys lie with their owner? */
  isKept: boolean;
  onKept: () => void;
  files: SlottedFiles;
  /** What the code book becomes; undefined while the form says no terms. */
  ending: Ending | undefined;
  /** Draws others. */
  onAnew: () => void;
}

/** From drawn keys to a model on chain: keep, commit, beacon, mark, keep, mint. What was done, the chain says. */
export function OwnSteps({ keys, onKeys, isKept, onKept, files, ending, onAnew }: OwnStepsProps) {
  const client = usePublicClient();
  const { deployment } = usePublicConfig();
  const [file, setFile] = useState<Uint8Array<ArrayBuffer>>();
  const { facts } = useFacts(['code-book', commitIdOf(keys)], (reader, on) => readBook(reader, on, keys));
  if (!facts || !client) return <EmptyState title="Asking the contracts" />;
  if (facts.released) return <Released keys={keys} released={facts.released} files={files} ending={ending} />;
  if (facts.beacon?.isVoid)
    return (
      <EmptyState title="Nobody posted the round in time">
        What was committed is void. Draw other keys and commit again.{' '}
        <button type="button" className="text-accent underline" onClick={onAnew}>
          Draw others
        </button>
      </EmptyState>
    );
  const { marked } = keys;
  const stage = stageOf(facts, keys, isKept);
  const views: Record<typeof stage, ReactNode> = {
    keep: <KeepKeys keys={keys} onKept={onKept} />,
    chain: (
      <>
        <ActionList actions={bookActions(deployment, keys, facts)} empty={waitWords(facts)} />
      </>
    ),
    mark: (
      <MarkWeights
        files={files}
        keys={keys}
        beacon={facts.beacon?.value ?? '0x'}
        onMarked={(next, bytes) => {
          setFile(bytes);
          onKeys(next);
        }}
      />
    ),
    end: (
      <ActionList
        actions={
          ending && marked
            ? [endingAction(client, deployment, { book: keys, weightsDigest: marked.weightsDigest, ending })]
            : []
        }
        empty="Say the terms first"
      />
    ),
  };
  return (
    <div className="flex flex-col gap-4" data-testid={`own-stage-${stage}`}>
      <MarkedReport keys={keys} file={file} />
      {views[stage]}
    </div>
  );
}

function stageOf({ beacon }: BookFacts, { marked }: OwnKeys, isKept: boolean): 'keep' | 'chain' | 'mark' | 'end' {
  if (!isKept) return 'keep';
  if (!beacon?.value) return 'chain';
  return marked?.beacon === beacon.value ? 'end' : 'mark';
}

const waitWords = ({ beacon }: BookFacts): string =>
  beacon ? `Round ${beacon.round} of the beacon is still to come; this page looks for it.` : 'Nothing to do';
